//! Stories that fall apart: a round-up that came before what it holds.

use super::*;
use crate::model::ids::StoryId;

const FERRY: &[&str] = &[
    "The ferry to the outer islands will stop for the winter, the company said, after a season with more empty seats than at any time since the war. The talks of Nordkai and Skerry Line on a merger failed in May, and Captain Olaf Brekke has left for Halden.",
    "Islanders said they had not been asked. The school boat, which runs on the same pier, is to go on until the spring, and the doctor will cross from Lervik by helicopter on the first Tuesday of each month.",
];

const COURT: &[&str] = &[
    "A court in Ostmark has stopped the sale of the old shipyard to the Torsk group, whose offer of forty million was the highest of five. Judge Amalie Ruud found that the talks were held without the auditors, as the law of 2009 demands.",
    "Torsk said that it would appeal. Two hundred people work at the yard, and their union, led by Jens Dahl, called the ruling a disaster for the whole valley of Rinde.",
];

const CHOIR: &[&str] = &[
    "The boys of the Marienkirche choir will sing in Tallinn at Easter, for the first time since the borders opened. Cantor Wilhelm Asmus said that talks with the Dome had taken two years and one bottle of Riga balsam.",
    "The programme has works by Buxtehude and Arvo Sild. Tickets are sold at the Kontor in Lange Strasse, and the bus leaves from the Holsten gate.",
];

/// The texts one after the other, as a body.
fn joined<'a>(parts: &[&'a [&'a str]]) -> Vec<&'a str> {
    parts.concat()
}

impl World {
    async fn read(&mut self, site: &str, title: &str, paragraphs: &[&str]) -> ArticleId {
        self.later(30);
        let url = format!("https://{site}.test/{}", title.to_lowercase().replace(' ', "-"));
        self.ingest(capture(&url, content(title, paragraphs))).await.article.unwrap()
    }

    fn story_of(&self, article: ArticleId) -> StoryId {
        self.reader().article(article).unwrap().story
    }
}

#[tokio::test]
async fn a_round_up_is_put_out_of_a_story_when_its_second_text_comes() {
    let mut world = World::new();
    let round_up = world.read("daily", "The day in brief", &joined(&[FERRY, COURT])).await;
    let ferry = world.read("coast", "Ferry stops for the winter", FERRY).await;
    assert_eq!(world.story_of(ferry), world.story_of(round_up), "nothing shows what the round-up is");
    let told = world.told().len();
    let court = world.read("law", "Court halts shipyard sale", COURT).await;

    let stories = [round_up, ferry, court].map(|article| world.story_of(article));
    assert!(stories[0] != stories[1] && stories[1] != stories[2] && stories[0] != stories[2], "{stories:?}");
    assert_eq!(world.told()[told..], ["article.matched"], "of the court alone, which is nobody's copy");
    let reader = world.reader();
    let (story, reason) = reader.story(stories[0]).unwrap();
    assert_eq!(story.articles, [round_up]);
    assert!(reason.contains(&format!("holds article {ferry} and others side by side")), "{reason}");
    assert_eq!(reader.story(stories[1]).unwrap().1, "its only article");
    let notes = reader.explain(court).unwrap().revisions[0].1.join("\n");
    assert!(notes.contains(&format!("article {round_up} was put out of story")), "{notes}");
    let joined_by = |article: ArticleId| reader.explain(article).unwrap().story[0].copied;
    assert_eq!([round_up, ferry, court].map(joined_by), [None; 3]);
    assert_eq!(reader.verify(None, &|_| None).unwrap().problems.len(), 0);

    // It stays so: copies go where they belong, and edits move nothing.
    let copy = world.read("echo", "Ferry stops for the winter", FERRY).await;
    let again = world.read("mirror", "The day in brief", &joined(&[FERRY, COURT])).await;
    let another = world.read("bench", "Court halts shipyard sale", COURT).await;
    world.read("daily", "The day in brief", &joined(&[FERRY, COURT, &["Good night."]])).await;
    world.read("coast", "Ferry stops for the winter", &joined(&[FERRY, &["The pier is to be mended."]])).await;
    let now = [round_up, ferry, court, again, copy, another].map(|article| world.story_of(article));
    assert_eq!(now, [stories[0], stories[1], stories[2], stories[0], stories[1], stories[2]]);
}

/// What had come in because of the round-up stays with its own copies only.
#[tokio::test]
async fn what_came_with_a_round_up_ends_where_it_belongs() {
    let mut world = World::new();
    let ferry = world.read("coast", "Ferry stops for the winter", FERRY).await;
    let round_up = world.read("daily", "The day in brief", &joined(&[COURT, FERRY, CHOIR])).await;
    let copied = world.read("mirror", "The day in brief", &joined(&[COURT, FERRY, CHOIR])).await;
    let twin = world.read("echo", "Ferry stops for the winter", FERRY).await;
    let choir = world.read("music", "Choir to sing in Tallinn", CHOIR).await;
    assert_eq!(world.story_of(twin), world.story_of(ferry));
    assert_eq!(world.story_of(copied), world.story_of(round_up), "a round-up goes with its copies");
    assert_ne!(world.story_of(round_up), world.story_of(ferry));
    assert_ne!(world.story_of(choir), world.story_of(ferry));
    assert_ne!(world.story_of(choir), world.story_of(round_up));
}

#[tokio::test]
async fn what_a_person_joined_is_not_put_out() {
    let mut world = World::new();
    let ferry = world.read("coast", "Ferry stops for the winter", FERRY).await;
    let court = world.read("law", "Court halts shipyard sale", COURT).await;
    let round_up = world.read("daily", "The day in brief", &joined(&[FERRY, COURT, CHOIR])).await;
    let (one, other) = (world.story_of(ferry), world.story_of(round_up));
    assert_ne!(one, other);
    world.store.join_stories(one, other, world.now).await.unwrap();
    let choir = world.read("music", "Choir to sing in Tallinn", CHOIR).await;
    assert_eq!(world.story_of(round_up), world.story_of(ferry));
    assert_ne!(world.story_of(choir), world.story_of(ferry));
    assert_ne!(world.story_of(court), world.story_of(ferry));
}

/// An agency sends a brief, then a report that begins with it, then a longer one: one story, whatever comes first.
#[tokio::test]
async fn a_report_that_grows_stays_one_story() {
    let background = "Nordkai, which Olaf Brekke led until May, had asked Halden and Lervik for two million a year. Halden offered half, and the county, on whose pier the Skerry Line moors, offered none at all, as Brekke told the talks in March.";
    let reports: [(&str, Vec<&str>); 3] = [
        ("Ferry stops for the winter", vec![FERRY[0]]),
        ("Islands cut off as ferry stops", vec![FERRY[0], FERRY[1]]),
        ("Islands cut off until spring, county under fire", vec![FERRY[0], FERRY[1], background]),
    ];
    for order in [[0, 1, 2], [2, 1, 0], [2, 0, 1], [1, 2, 0]] {
        let mut world = World::new();
        let mut stories = Vec::new();
        for at in order {
            let (title, paragraphs) = &reports[at];
            stories.push(world.read(&format!("site{at}"), title, paragraphs).await);
        }
        let stories: Vec<StoryId> = stories.into_iter().map(|article| world.story_of(article)).collect();
        assert!(stories.iter().all(|story| *story == stories[0]), "{order:?}: {stories:?}");
    }
}
