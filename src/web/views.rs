//! The pages themselves: what is asked of the reader, and the template that shows it.

use std::sync::{Arc, LazyLock};

use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use minijinja::{AutoEscape, Environment, Value, context};
use serde::Deserialize;

use super::Contexts;
use crate::engine::diff;
use crate::io::store::{ArticleFilter, Reader, StoreError};
use crate::jobs::Context;
use crate::model::article::{ArticleStatus, ChangeKind};
use crate::model::ids::{ArticleId, RevisionNumber, SourceId, StoryId, TopicId};
use crate::model::record::ArticleRecord;

/// Most articles on one page.
const LIST_MAX: usize = 200;
/// Most revisions whose diffs are shown on an article's page.
const DIFFS_MAX: usize = 30;

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut templates = Environment::new();
    templates.set_auto_escape_callback(|_| AutoEscape::Html);
    templates
        .add_template("web.html", include_str!("../../config/templates/web.html"))
        .expect("the template is a constant that a test renders");
    templates
});

/// Why a page is not shown.
pub(super) enum Failure {
    Missing,
    Broken(String),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound { .. } => Self::Missing,
            other => Self::Broken(other.to_string()),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::Missing => missing(),
            Self::Broken(why) => {
                tracing::error!("web page: {why}");
                (StatusCode::INTERNAL_SERVER_ERROR, "the store could not be read; the log says why\n").into_response()
            }
        }
    }
}

pub(super) type Shown = Result<Html<String>, Failure>;

/// Runs a read off the async threads.
pub(super) async fn read<T: Send + 'static>(
    contexts: &Contexts,
    ask: impl FnOnce(&Reader, &Context) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let context = Arc::clone(&contexts.borrow());
    let asked = tokio::task::spawn_blocking(move || {
        let reader = Reader::open(&context.config.store.path)?;
        ask(&reader, &context)
    });
    asked.await.map_err(|error| Failure::Broken(error.to_string()))?
}

pub(super) fn render(view: &str, values: Value) -> Shown {
    let template = TEMPLATES.get_template("web.html").map_err(|error| Failure::Broken(error.to_string()))?;
    let page = template.render(context! { view, ..values }).map_err(|error| Failure::Broken(format!("{error:#}")))?;
    Ok(Html(page))
}

pub(super) fn feeds(context: &Context) -> Vec<Value> {
    let all = std::iter::once(context! { id => "all", name => "All changes" });
    let topics =
        context.config.topics.iter().map(|topic| context! { id => topic.id.as_str(), name => topic.name.as_str() });
    all.chain(topics).collect()
}

/// What the list is narrowed by.
#[derive(Deserialize)]
pub(super) struct ListQuery {
    q: Option<String>,
    topic: Option<String>,
    source: Option<String>,
    status: Option<String>,
    revised: Option<String>,
}

impl ListQuery {
    /// A name that is none finds nothing, as any other that is not in the store.
    fn filter(&self) -> ArticleFilter {
        let status = match self.status.as_deref() {
            Some("gone") => Some(ArticleStatus::Gone),
            Some("moved") => Some(ArticleStatus::Moved),
            Some("live") => Some(ArticleStatus::Live),
            _ => None,
        };
        ArticleFilter {
            source: self.source.as_deref().and_then(|id| SourceId::new(id).ok()),
            topic: self.topic.as_deref().and_then(|id| TopicId::new(id).ok()),
            status,
            revised: self.revised.is_some(),
            limit: Some(LIST_MAX),
            ..ArticleFilter::default()
        }
    }
}

fn shown(line: &ArticleRecord) -> Value {
    context! {
        id => line.id.0,
        url => line.url.as_str(),
        title => line.title.as_deref(),
        authors => Value::from(line.authors.clone()),
        published => line.published.map(|at| at.to_string()),
        source => line.source.as_str(),
        story => line.story.0,
        status => line.status.as_str(),
        revisions => line.revisions,
        first_seen_text => line.first_seen.strftime("%F %H:%M").to_string(),
    }
}

pub(super) async fn articles(State(contexts): State<Contexts>, Query(ask): Query<ListQuery>) -> Shown {
    let values = read(&contexts, move |reader, context| {
        let words = ask.q.as_deref().filter(|words| !words.trim().is_empty());
        let lines = match words {
            Some(words) => {
                // A query that FTS5 does not understand finds nothing; it is no error of ours.
                let hits = reader.search(words, LIST_MAX).unwrap_or_default();
                hits.into_iter().map(|hit| hit.article).collect()
            }
            None => reader.articles(&ask.filter())?,
        };
        let articles: Vec<Value> = lines.iter().map(shown).collect();
        let heading = match (words, &ask.topic, ask.status.as_deref()) {
            (Some(words), _, _) => format!("“{words}”"),
            (_, Some(topic), _) => topic.clone(),
            (_, _, Some("gone")) => "Removed".to_owned(),
            _ => "Articles".to_owned(),
        };
        Ok(context! { articles, heading, q => ask.q, feeds => feeds(context) })
    })
    .await?;
    render("articles", values)
}

/// An id in an address; what is no number is no id, and there is nothing at that address.
fn number(id: &str) -> Result<i64, Failure> {
    id.parse().map_err(|_| Failure::Missing)
}

pub(super) async fn article(State(contexts): State<Contexts>, Path(id): Path<String>) -> Shown {
    let id = number(&id)?;
    let values = read(&contexts, move |reader, context| {
        let id = ArticleId(id);
        let line = reader.article(id)?;
        let revisions = reader.revisions(id)?;
        let skip = revisions.len().saturating_sub(DIFFS_MAX);
        let mut shown_revisions = Vec::new();
        for one in revisions.iter().skip(skip) {
            let number = one.number.0;
            let diff_html = if number > 1 {
                let (before, after) = reader.contents(id, (RevisionNumber(number - 1), one.number))?;
                diff::diff(&before, &after).to_html()
            } else {
                String::new()
            };
            let at_text = one.at.strftime("%F %H:%M UTC").to_string();
            let change: Vec<&str> = one.change.iter().copied().map(ChangeKind::as_str).collect();
            shown_revisions.push(context! { number, at_text, change, acknowledged => one.acknowledged, diff_html });
        }
        let content = reader.content(id, None)?;
        let paragraphs: Vec<String> = content.blocks.into_iter().map(|block| block.text).collect();
        let at_text = revisions.last().map(|newest| newest.at.strftime("%F %H:%M UTC").to_string());
        let newest = context! { number => line.revisions, at_text, paragraphs };
        Ok(context! { article => shown(&line), revisions => shown_revisions, newest, feeds => feeds(context) })
    })
    .await?;
    render("article", values)
}

pub(super) async fn stories(State(contexts): State<Contexts>) -> Shown {
    let values = read(&contexts, move |reader, context| {
        let mut stories = Vec::new();
        for line in reader.stories(2, Some(LIST_MAX))? {
            let origin = reader.article(line.origin)?;
            let source = origin.source.as_str();
            stories.push(context! {
                id => line.id.0, copies => line.articles.len(), title => origin.title, origin_source => source,
            });
        }
        Ok(context! { stories, feeds => feeds(context) })
    })
    .await?;
    render("stories", values)
}

pub(super) async fn story(State(contexts): State<Contexts>, Path(id): Path<String>) -> Shown {
    let id = number(&id)?;
    let values = read(&contexts, move |reader, context| {
        let (line, reason) = reader.story(StoryId(id))?;
        let origin = reader.content(line.origin, None)?;
        let mut copies = Vec::new();
        for member in reader.members(StoryId(id))? {
            let article = &member.article;
            let diff_html = if member.origin {
                String::new()
            } else {
                diff::diff(&origin, &reader.content(article.id, None)?).to_html()
            };
            let role = if member.origin { "origin" } else { member.relation.map_or("copy", |relation| relation.as_str()) };
            copies.push(context! {
                article => article.id.0, title => article.title.as_deref(), url => article.url.as_str(), source => member.source_name, role,
                diff_html,
            });
        }
        let story = context! { id => line.id.0, reason };
        Ok(context! { story, copies, feeds => feeds(context) })
    })
    .await?;
    render("story", values)
}

pub(super) async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("../../config/templates/web.css"))
}

pub(super) async fn not_found() -> Response {
    missing()
}

fn missing() -> Response {
    let nothing: Vec<Value> = Vec::new();
    match render("missing", context! { heading => "There is nothing at this address", feeds => nothing }) {
        Ok(page) => (StatusCode::NOT_FOUND, page).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}
