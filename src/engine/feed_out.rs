//! TEMP
use crate::model::event::Event;
use crate::model::url::WebUrl;
#[expect(missing_docs, reason = "t")]
pub struct FeedOut<'a> {
    pub id: &'a str,
    pub title: &'a str,
    pub base: Option<&'a WebUrl>,
    pub events: &'a [Event],
}
impl FeedOut<'_> {
    #[expect(missing_docs, reason = "t")]
    pub fn atom(&self) -> String {
        String::new()
    }
    #[expect(missing_docs, reason = "t")]
    pub fn json(&self) -> String {
        String::new()
    }
}
