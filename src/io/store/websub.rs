//! Subscriptions at hubs: which there are, what is due, and what a hub or a source makes of one.
//!
//! Invariants: a token and a secret are random, made here, and stay with their subscription; a subscription that stops
//! being live makes its source due as if there had never been one.

use rusqlite::{Connection, OptionalExtension as _, Row, named_params, params};

use super::Store;
use super::error::{Answer, StoreError};
use super::value::{at, cut, ms, parsed};
use crate::engine::websub::{Ask, Asked, Subscription};
use crate::model::ids::SourceId;
use crate::model::time::Timestamp;
use crate::model::url::WebUrl;

/// Characters of a token: 128 bits in hexadecimal.
const TOKEN_LENGTH: usize = 32;

/// A subscription as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct HubSubscription {
    /// The end of the callback's address.
    pub token: String,
    /// Whose feed it is.
    pub source: SourceId,
    /// What the hub signs with.
    pub secret: String,
    /// Where it stands.
    pub state: Subscription,
}

impl Store {
    /// Brings the subscriptions in line with what the enabled sources' feeds name: new ones are begun, those that nobody
    /// wants any more are left, those that are over are forgotten. `public` is the web page's address; none ends all.
    pub async fn sync_subscriptions(&self, public: Option<&WebUrl>, now: Timestamp) -> Result<(), StoreError> {
        let (public, now) = (public.map(|url| url.as_str().to_owned()), cut(now));
        self.writer.call(move |connection| sync(connection, public.as_deref(), now)).await
    }

    /// The subscriptions whose hub is to be asked, at most `limit`, the longest due first.
    pub async fn due_subscriptions(&self, now: Timestamp, limit: usize) -> Result<Vec<HubSubscription>, StoreError> {
        let now = ms(now);
        self.read(move |connection| {
            let sql = "SELECT * FROM websub WHERE due <= ?1 ORDER BY due LIMIT ?2";
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query(params![now, i64::try_from(limit).unwrap_or(i64::MAX)])?;
            let mut due = Vec::new();
            while let Some(row) = rows.next()? {
                due.push(subscription(row)?);
            }
            Ok(due)
        })
        .await
    }

    /// When the next subscription is due.
    pub async fn next_subscription_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read(|connection| {
            let due: Option<i64> = connection.query_row("SELECT min(due) FROM websub", [], |row| row.get(0))?;
            Ok(due.map(at))
        })
        .await
    }

    /// The subscription whose callback ends in `token`.
    pub async fn subscription(&self, token: &str) -> Result<Option<HubSubscription>, StoreError> {
        if token.len() != TOKEN_LENGTH {
            return Ok(None);
        }
        let token = token.to_owned();
        self.read(move |connection| find(connection, &token)).await
    }

    /// Changes a subscription's state; `None` where there is none any more. What `change` gives is given back.
    pub async fn change_subscription<T: Send + 'static>(
        &self,
        token: &str,
        now: Timestamp,
        change: impl FnOnce(&mut Subscription) -> T + Send + 'static,
    ) -> Result<Option<T>, StoreError> {
        let (token, now) = (token.to_owned(), cut(now));
        self.writer
            .call(move |connection| {
                let Some(mut known) = find(connection, &token)? else { return Ok(None) };
                let was_live = known.state.is_live(now);
                let outcome = change(&mut known.state);
                keep(connection, &known)?;
                if was_live && !known.state.is_live(now) {
                    poll_again(connection, &known.source, now)?;
                }
                Ok(Some(outcome))
            })
            .await
    }

    /// Notes that a hub pushed something signed, which brought so many entries never seen before.
    pub async fn record_push(&self, token: &str, new: usize, now: Timestamp) -> Result<(), StoreError> {
        let (token, now) = (token.to_owned(), cut(now));
        self.writer
            .call(move |connection| {
                let Some(mut known) = find(connection, &token)? else { return Ok(()) };
                known.state.pushed();
                keep(connection, &known)?;
                connection.execute("UPDATE websub SET last_push = ?2 WHERE token = ?1", params![token, ms(now)])?;
                connection
                    .prepare_cached(
                        "UPDATE source SET rhythm_entries = rhythm_entries + ?2, last_new = iif(?2 > 0, ?3, last_new)
                         WHERE id = ?1",
                    )?
                    .execute(params![known.source.as_str(), i64::try_from(new).unwrap_or(i64::MAX), ms(now)])?;
                Ok(())
            })
            .await
    }
}

/// A safety poll of `source` found what its hub had not pushed.
pub(super) fn missed(connection: &Connection, source: &SourceId, now: Timestamp) -> Answer<()> {
    let mut statement =
        connection.prepare_cached("SELECT * FROM websub WHERE source = ?1 AND wanted = 1 AND live_until > ?2")?;
    let known = statement.query_row(params![source.as_str(), ms(now)], |row| Ok(subscription(row))).optional()?;
    let Some(mut known) = known.transpose()? else { return Ok(()) };
    known.state.miss(now);
    keep(connection, &known)
}

fn sync(connection: &Connection, public: Option<&str>, now: Timestamp) -> Answer<()> {
    if let Some(public) = public {
        let begun = connection
            .prepare_cached(
                "INSERT INTO websub (token, source, hub, topic, secret, public_url, due)
                 SELECT lower(hex(randomblob(16))), id, hub, topic, lower(hex(randomblob(32))), ?1, ?2 FROM source
                 WHERE enabled = 1 AND kind = 'feed' AND health <> 'parked' AND hub IS NOT NULL AND topic IS NOT NULL
                 ON CONFLICT (source, hub, topic) DO NOTHING",
            )?
            .execute(params![public, ms(now)])?;
        if begun > 0 {
            tracing::debug!(begun, "feeds name hubs");
        }
    }
    let mut statement = connection.prepare_cached(
        "SELECT websub.*, ?1 IS NOT NULL AND source.id IS NOT NULL AS named FROM websub
         LEFT JOIN source ON source.id = websub.source AND source.enabled = 1 AND source.health <> 'parked'
           AND source.hub = websub.hub AND source.topic = websub.topic
         WHERE named <> wanted OR wanted = 0 OR public_url <> coalesce(?1, public_url)",
    )?;
    let mut rows = statement.query([public])?;
    while let Some(row) = rows.next()? {
        let mut known = subscription(row)?;
        let (named, was_live): (bool, bool) = (row.get("named")?, known.state.is_live(now));
        if let Some(public) =
            public.filter(|public| row.get_ref("public_url").ok().and_then(|at| at.as_str().ok()) != Some(*public))
        {
            known.state.moved(now);
            connection.execute("UPDATE websub SET public_url = ?2 WHERE token = ?1", params![known.token, public])?;
        }
        if named {
            known.state.resume(now);
        } else {
            known.state.leave(now);
        }
        if known.state.is_over(now) {
            connection.execute("DELETE FROM websub WHERE token = ?1", [&known.token])?;
        } else {
            keep(connection, &known)?;
        }
        if was_live && !known.state.is_live(now) {
            poll_again(connection, &known.source, now)?;
        }
    }
    Ok(())
}

/// A source that waited for its hub waits no longer than it would have without.
fn poll_again(connection: &Connection, source: &SourceId, now: Timestamp) -> Answer<()> {
    connection
        .prepare_cached(
            "UPDATE source SET next_poll = max(coalesce(held_until, 0), ?2) WHERE id = ?1 AND wait_reason = 'push'",
        )?
        .execute(params![source.as_str(), ms(now)])?;
    Ok(())
}

fn find(connection: &Connection, token: &str) -> Answer<Option<HubSubscription>> {
    let mut statement = connection.prepare_cached("SELECT * FROM websub WHERE token = ?1")?;
    statement.query_row([token], |row| Ok(subscription(row))).optional()?.transpose()
}

fn keep(connection: &Connection, known: &HubSubscription) -> Answer<()> {
    let state = &known.state;
    connection
        .prepare_cached(
            "UPDATE websub SET wanted = :wanted, asked = :asked, asked_until = :until, verified = :verified,
               live_until = :live, failures = :failures, last_error = :error, missed = :missed, due = :due
             WHERE token = :token",
        )?
        .execute(named_params! {
            ":token": known.token, ":wanted": state.wanted, ":asked": state.asked.map(|asked| asked.ask.as_str()),
            ":until": state.asked.map(|asked| ms(asked.until)),
            ":verified": state.asked.is_some_and(|asked| asked.verified),
            ":live": state.live_until.map(ms), ":failures": state.failures, ":error": state.last_error,
            ":missed": state.missed, ":due": ms(state.due),
        })?;
    Ok(())
}

fn subscription(row: &Row<'_>) -> Answer<HubSubscription> {
    let time = |column: &str| row.get::<_, Option<i64>>(column).map(|ms| ms.map(at));
    let url = |what, column: &str| parsed(what, WebUrl::parse(row.get_ref(column)?.as_str().unwrap_or_default()));
    let ask = match row.get_ref("asked")?.as_str_or_null().ok().flatten() {
        Some("unsubscribe") => Some(Ask::Unsubscribe),
        Some(_) => Some(Ask::Subscribe),
        None => None,
    };
    let asked = match (ask, time("asked_until")?) {
        (Some(ask), Some(until)) => Some(Asked { ask, until, verified: row.get("verified")? }),
        _ => None,
    };
    Ok(HubSubscription {
        token: row.get("token")?,
        source: parsed("a source's id", SourceId::new(row.get::<_, String>("source")?))?,
        secret: row.get("secret")?,
        state: Subscription {
            hub: url("a hub's address", "hub")?,
            topic: url("a topic's address", "topic")?,
            wanted: row.get("wanted")?,
            asked,
            live_until: time("live_until")?,
            failures: row.get("failures")?,
            last_error: row.get("last_error")?,
            missed: row.get("missed")?,
            due: at(row.get("due")?),
        },
    })
}
