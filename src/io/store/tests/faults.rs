//! Files that are locked, full, foreign, newer, damaged; threads that die.

use std::os::unix::fs::PermissionsExt as _;

use super::*;

fn message(error: &StoreError, world: &std::path::Path) -> String {
    error.to_string().replace(&world.display().to_string(), "DIR")
}

#[test]
fn a_file_that_is_no_store_is_refused_untouched() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.db");
    let open = || Store::open(&config(path.clone()), NOON.parse().unwrap()).map(drop).unwrap_err();

    std::fs::write(&path, "this is a letter to my aunt, not a database, and it is long enough to be one\n".repeat(20))
        .unwrap();
    let before = std::fs::read(&path).unwrap();
    let error = open();
    assert!(matches!(error, StoreError::NotAStore { .. }), "{error:?}");
    assert_eq!(std::fs::read(&path).unwrap(), before);

    std::fs::remove_file(&path).unwrap();
    let other = schema::create_plain(&path).unwrap();
    other.execute_batch("CREATE TABLE recipes (id INTEGER PRIMARY KEY)").unwrap();
    drop(other);
    assert!(message(&open(), directory.path()).contains("another program"));
}

#[test]
fn a_newer_store_is_refused_by_writers_and_readers() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.db");
    let connection = schema::open_writer(&path).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    let error = schema::open_writer(&path).unwrap_err();
    assert_eq!(
        message(&error, directory.path()),
        format!(
            "the store DIR/x.db has schema 99, this wirewatch knows up to {}: install the newer wirewatch",
            schema::newest()
        )
    );
    assert!(matches!(Reader::open(&path), Err(StoreError::Newer { found: 99, .. })));
}

#[test]
fn a_missing_store_says_what_makes_it() {
    let directory = tempfile::tempdir().unwrap();
    let error = Reader::open(&directory.path().join("x.db")).unwrap_err();
    assert_eq!(
        message(&error, directory.path()),
        "there is no store at DIR/x.db yet: `wirewatch poll` or `wirewatch run` makes it"
    );
}

#[test]
fn a_directory_that_cannot_be_made_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = Store::open(&config(file.join("x.db")), NOON.parse().unwrap()).map(drop).unwrap_err();
    assert!(message(&error, directory.path()).contains("its directory cannot be made"), "{error}");
}

#[tokio::test]
async fn a_full_disk_loses_nothing_that_was_recorded() {
    let world = World::new();
    world.ingest(capture("https://a.test/0", on_topic(0))).await;
    let pages: i64 = world
        .store
        .writer
        .call_alone(|connection| {
            let pages: i64 = connection.query_row("PRAGMA page_count", [], |row| row.get(0))?;
            connection.query_row(&format!("PRAGMA max_page_count = {}", pages + 8), [], |_| Ok(()))?;
            Ok(pages)
        })
        .await
        .unwrap();
    assert!(pages > 0);
    let mut stored = 1;
    let mut refused = 0;
    for seed in 1..40 {
        let url = format!("https://a.test/{seed}");
        match world.store.ingest(capture(&url, on_topic(seed)), Arc::clone(&world.topics), world.now).await {
            Ok(_) => stored += 1,
            Err(error) => {
                assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
                refused += 1;
            }
        }
    }
    assert!(refused > 0);
    let reader = world.reader();
    assert_eq!(reader.articles(&ArticleFilter::default()).unwrap().len(), stored);
    assert_eq!(reader.verify(None, &|_| None).unwrap().problems, []);
    assert_eq!(reader.integrity().unwrap(), Vec::<String>::new());
    world
        .store
        .writer
        .call_alone(|connection| Ok(connection.query_row("PRAGMA max_page_count = 1000000", [], |_| Ok(()))?))
        .await
        .unwrap();
    world.ingest(capture("https://a.test/after", on_topic(77))).await;
}

#[tokio::test]
async fn a_store_locked_by_another_program_says_so_and_works_again_afterwards() {
    let world = World::new();
    let other = schema::open_writer(world.store.path()).unwrap();
    world.store.writer.call_alone(|connection| Ok(connection.busy_timeout(std::time::Duration::ZERO)?)).await.unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let refused =
        world.store.ingest(capture("https://a.test/1", on_topic(1)), Arc::clone(&world.topics), world.now).await;
    let error = refused.unwrap_err();
    assert!(message(&error, world.directory.path()).contains("DIR/wirewatch.db is locked by another program"));
    assert!(error.is_passing());
    assert!(world.reader().articles(&ArticleFilter::default()).unwrap().is_empty());
    other.execute_batch("ROLLBACK").unwrap();
    world.ingest(capture("https://a.test/1", on_topic(1))).await;
}

#[tokio::test]
async fn a_job_that_fails_undoes_itself_alone() {
    let world = World::new();
    let good = world.store.ingest(capture("https://a.test/1", on_topic(1)), Arc::clone(&world.topics), world.now);
    let bad = world.store.writer.call(|connection| -> error::Answer<()> {
        connection.execute("DELETE FROM article", [])?;
        connection.execute("DELETE FROM nothing", [])?;
        Ok(())
    });
    let (good, bad) = tokio::join!(good, bad);
    assert!(matches!(bad, Err(StoreError::Sqlite { .. })));
    let good = good.unwrap();
    assert!(matches!(&good, Ingested::Recorded(recorded) if recorded.outcome == Outcome::New), "{good:?}");
    assert_eq!(world.reader().articles(&ArticleFilter::default()).unwrap().len(), 1);
}

#[tokio::test]
async fn a_panic_on_the_writing_thread_is_told() {
    let world = World::new();
    let mut failed = world.store.failed();
    let answer = world.store.writer.call(|_| -> error::Answer<()> { panic!("on purpose") }).await;
    assert!(matches!(answer, Err(StoreError::Closed)));
    failed.wait_for(|failed| *failed).await.unwrap();
    assert!(world.store.next_due().await.is_ok());
    assert!(matches!(world.store.sync_sources(&[], world.now).await, Err(StoreError::Closed)));
}

#[tokio::test]
async fn a_closed_store_is_whole_in_one_file() {
    let world = World::new();
    world.ingest(capture("https://a.test/1", on_topic(1))).await;
    world.store.close().await;
    let refused =
        world.store.ingest(capture("https://a.test/2", on_topic(2)), Arc::clone(&world.topics), world.now).await;
    assert!(matches!(refused, Err(StoreError::Closed)));
    let copy = world.directory.path().join("copy.db");
    std::fs::copy(world.store.path(), &copy).unwrap();
    assert_eq!(Reader::open(&copy).unwrap().articles(&ArticleFilter::default()).unwrap().len(), 1);
}

#[test]
fn a_second_daemon_on_one_store_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.db");
    let lock = DaemonLock::take(&path).unwrap();
    assert!(matches!(DaemonLock::take(&path), Err(StoreError::Running { .. })));
    drop(lock);
    DaemonLock::take(&path).unwrap();
}

#[test]
fn the_half_of_a_write_that_a_killed_process_left_does_not_stop_a_reader() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.db");
    drop(schema::open_writer(&path).unwrap());
    let writer = schema::create_plain(&path).unwrap();
    writer.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(())).unwrap();
    writer
        .execute_batch(
            "PRAGMA cache_size = 4; BEGIN; CREATE TABLE half (bytes BLOB);
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
             INSERT INTO half SELECT randomblob(3000) FROM n; PRAGMA user_version = 9999",
        )
        .unwrap();
    // What the disk holds at this instant is what a SIGKILL would leave.
    let killed = directory.path().join("killed.db");
    std::fs::copy(directory.path().join("x.db-journal"), directory.path().join("killed.db-journal")).unwrap();
    std::fs::copy(&path, &killed).unwrap();
    drop(writer);
    let connection = Connection::open_with_flags(&killed, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let refused = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0));
    assert_eq!(refused.unwrap_err().sqlite_error_code(), Some(rusqlite::ErrorCode::ReadOnly), "or this tests nothing");
    let reader = Reader::open(&killed).unwrap();
    assert_eq!(reader.integrity().unwrap(), Vec::<String>::new());
}

#[test]
fn a_read_only_file_is_said_to_be_one() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.db");
    drop(schema::open_writer(&path).unwrap());
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o444)).unwrap();
    // Root may write anything: there is nothing to test then.
    if std::fs::OpenOptions::new().write(true).open(&path).is_ok() {
        return;
    }
    let error = Store::open(&config(path), NOON.parse().unwrap()).map(drop).unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error:?}");
}
