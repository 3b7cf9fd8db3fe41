//! The archive as the lines of `export`, one at a time.

use rusqlite::{Connection, Row, params_from_iter};

use super::error::{Answer, StoreError};
use super::reader::ArticleFilter;
use super::{archive, records, told};
use crate::model::record::Record;
use crate::model::time::Timestamp;

/// Gives each line to `each`, in one snapshot of the store.
pub(super) fn export(
    connection: &Connection,
    filter: &ArticleFilter,
    now: Timestamp,
    each: &mut dyn FnMut(&Record) -> std::io::Result<()>,
) -> Answer<()> {
    connection.execute_batch("BEGIN")?;
    let outcome = lines(connection, filter, now, each);
    connection.execute_batch("COMMIT")?;
    outcome
}

fn lines(
    connection: &Connection,
    filter: &ArticleFilter,
    now: Timestamp,
    each: &mut dyn FnMut(&Record) -> std::io::Result<()>,
) -> Answer<()> {
    let mut give = |record: Record| -> Answer<()> {
        each(&record).map_err(|error| StoreError::Refused(format!("the export could not be written: {error}")).into())
    };
    for source in archive::sources(connection, now)? {
        give(Record::Source(source))?;
    }
    let (condition, values) = archive::condition(filter);
    let articles = format!("SELECT a.id FROM article a WHERE {condition}");
    let mut every = |sql: String, read: &dyn Fn(&Row<'_>) -> Answer<Record>| -> Answer<()> {
        let mut statement = connection.prepare(&sql)?;
        let mut rows = statement.query(params_from_iter(values.clone()))?;
        while let Some(row) = rows.next()? {
            give(read(row)?)?;
        }
        Ok(())
    };
    every(format!("SELECT a.* FROM article a WHERE {condition} ORDER BY a.id"), &|row| {
        records::article(row).map(Record::Article)
    })?;
    every(format!("{} WHERE r.article IN ({articles}) ORDER BY r.article, r.number", archive::REVISION), &|row| {
        records::revision(connection, row).map(Record::Revision)
    })?;
    every(
        format!("SELECT * FROM story WHERE id IN (SELECT story FROM article WHERE id IN ({articles})) ORDER BY id"),
        &|row| archive::story_record(connection, row).map(Record::Story),
    )?;
    every(format!("SELECT * FROM topic_match WHERE article IN ({articles}) ORDER BY article, topic"), &|row| {
        records::topic_match(row).map(Record::Match)
    })?;
    // Deliveries about other articles are left out where the export is narrowed; those about sources stay.
    every(
        format!(
            "SELECT DISTINCT d.seq FROM delivery d LEFT JOIN delivery_event de ON de.delivery = d.seq
             LEFT JOIN event e ON e.id = de.event WHERE e.article IS NULL OR e.article IN ({articles}) ORDER BY d.seq"
        ),
        &|row| told::delivery_record(connection, row.get(0)?).map(Record::Delivery),
    )
}
