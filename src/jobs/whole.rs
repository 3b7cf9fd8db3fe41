//! An article whole: its page, or the one that it sends its reader on to, with the other parts, if it is split over several
//! pages, and its AMP twin, if its own page lacks the text. Each is asked for like any page: guarded, by the host's pace,
//! obeying robots.txt where the first did.

use std::future::Future;

use tracing::{debug, warn};

use crate::engine::candidate::Candidate;
use crate::engine::split::{self, Piece};
use crate::io::http::{Http, RequestOptions};
use crate::model::fetch::{Disposition, FetchOutcome, Page};
use crate::model::url::WebUrl;

/// An answer, and what is read from it.
pub type Read = (Candidate, Page);

/// Reads an article with all its pages, as [`split::join`] puts them together. `read` reads one answer; the options are those
/// of the first page's request, whose validators are for that page alone.
///
/// A part that cannot be had for now is the error: half an article would be told as an edit.
pub async fn whole<R>(
    http: &Http,
    options: &RequestOptions,
    page: Page,
    read: impl Fn(Page) -> R,
) -> Result<Read, String>
where
    R: Future<Output = Result<Read, String>>,
{
    let options = &RequestOptions { validators: crate::model::fetch::Validators::default(), ..options.clone() };
    let asked = page.url.clone();
    let mut whole = read(page).await?;
    let moved = whole.0.moved_to().cloned();
    if let Some(to) = moved
        && let Some(page) = other(http, options, &to, |_| true).await?
    {
        whole = read(Page { url: asked, ..page }).await?;
    }
    let first = whole.1.final_url.clone();
    let named = whole.0.twin().cloned();
    if let Some(twin) = named
        && let Some(page) = other(http, options, &twin, |url| split::may_be_twin(&first, url)).await?
    {
        whole = longer(whole, &page, Piece::Twin, &read).await?.unwrap_or_else(|shorter| shorter);
    }
    for number in 2..=u32::try_from(split::PARTS_MAX).unwrap_or(u32::MAX) {
        let continues = |url: &WebUrl| split::continues(&first, url, number);
        let next = whole.0.next_part().filter(|next| continues(next)).cloned();
        let Some(next) = next.filter(|_| whole.0.suspicion().is_none()) else { return Ok(whole) };
        let Some(part) = other(http, options, &next, continues).await? else { return Ok(whole) };
        match longer(whole, &part, Piece::Part, &read).await? {
            Ok(joined) => whole = joined,
            // A part that adds nothing is the same page again.
            Err(as_it_was) => return Ok(as_it_was),
        }
    }
    if whole.0.next_part().is_some() {
        warn!("{first} stands on more than {} pages; the others are left out", split::PARTS_MAX);
    }
    Ok(whole)
}

/// Another page of the article. None where it is not to be had, or leads elsewhere.
async fn other(
    http: &Http,
    options: &RequestOptions,
    url: &WebUrl,
    belongs: impl Fn(&WebUrl) -> bool,
) -> Result<Option<Page>, String> {
    match http.get(url, options).await {
        Ok(FetchOutcome::Fresh(page)) => Ok(Some(*page).filter(|page| belongs(&page.final_url))),
        Ok(FetchOutcome::NotModified { .. }) => Ok(None),
        Err(error) => match error.disposition() {
            Disposition::RetryLater | Disposition::RetryAfter(_) => Err(error.to_string()),
            Disposition::Gone | Disposition::Blocked | Disposition::Never => {
                debug!("{error}; the article is taken without this page");
                Ok(None)
            }
        },
    }
}

/// The article with one more page, or as it was where that adds nothing or would be too much.
async fn longer<R>(
    whole: Read,
    page: &Page,
    piece: Piece,
    read: impl Fn(Page) -> R,
) -> Result<Result<Read, Read>, String>
where
    R: Future<Output = Result<Read, String>>,
{
    let Some(joined) = split::join(&whole.1, page, piece) else { return Ok(Err(whole)) };
    let joined = read(joined).await?;
    Ok(if joined.0.exact() == whole.0.exact() { Err(whole) } else { Ok(joined) })
}
