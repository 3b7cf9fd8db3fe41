#!/usr/bin/env python3
"""One cycle the way a careful Python script does it: feedparser, trafilatura, sqlite3, one core.

    peer_cycle.py FEEDS.txt STORE.db

FEEDS.txt has a line a feed: its address, and the Host to name (see examples/load_newsroom.rs). Needs feedparser,
trafilatura and requests.
"""
import re
import sqlite3
import sys

import feedparser
import requests
import trafilatura


def main(feeds, path):
    store = sqlite3.connect(path)
    store.execute("CREATE TABLE IF NOT EXISTS article(url TEXT PRIMARY KEY, title TEXT, date TEXT, text TEXT, raw BLOB)")
    session = requests.Session()
    articles = 0
    for line in open(feeds, encoding="utf-8"):
        address, host = line.split()
        base = address.rsplit("/", 1)[0]
        parsed = feedparser.parse(session.get(address, headers={"Host": host}).content)
        for entry in parsed.entries:
            path_of = re.sub(r"^https?://[^/]+", "", entry.link)
            page = session.get(base + path_of, headers={"Host": host}).content
            found = trafilatura.bare_extraction(page, url=entry.link, with_metadata=True)
            store.execute(
                "INSERT OR REPLACE INTO article VALUES (?, ?, ?, ?, ?)",
                (entry.link, found.title, found.date, found.text, page),
            )
            articles += 1
        store.commit()
    print(f"{articles} articles")


if __name__ == "__main__":
    main(*sys.argv[1:])
