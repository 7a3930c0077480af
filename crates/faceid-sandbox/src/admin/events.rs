//! The journal as server-sent events: each request as it comes, and that something else is not as it was.

use std::convert::Infallible;
use std::sync::{Arc, Weak};
use std::time::Duration;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use futures_util::{StreamExt as _, stream};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use tokio::sync::watch;
use tokio::task::yield_now;

use super::Failure;
use super::journal::{AT_ONCE, story};
use super::space::SpaceName;
use crate::journal::News;
use crate::space::Space;
use crate::{Entry, Sandbox};

/// Each entry from now on, or since the one that came last, and a comment now and then, by which a lost connection shows.
pub(super) async fn stream(
    State(sandbox): State<Sandbox>,
    SpaceName(name): SpaceName,
    Extension(mut closing): Extension<watch::Receiver<bool>>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    const LAST_EVENT_ID: &str = "last-event-id";

    let last = headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok()?.parse().ok());
    let watched = Watched::new(sandbox, name, last)?;
    let pieces = stream::unfold((watched, true), |(mut watched, first)| async move {
        yield_now().await;
        let piece = if first { ": connected\n\n".to_owned() } else { watched.next().await? };
        Some((Ok::<_, Infallible>(piece), (watched, false)))
    });
    // They have no end of their own, and would hold up that of the server.
    let pieces = pieces.take_until(async move {
        let _ = closing.wait_for(|closing| *closing).await;
    });
    let mut response = Response::new(Body::from_stream(pieces));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// A space that is told of; of a namespace that is not there yet, the one that is made.
struct Watched {
    sandbox: Sandbox,
    name: Option<Box<str>>,
    made: watch::Receiver<()>,
    /// Not held, so that one that is removed ends what tells of it.
    journal: Option<(Weak<Space>, watch::Receiver<News>)>,
    seen: News,
}

impl Watched {
    fn new(sandbox: Sandbox, name: Option<Box<str>>, last: Option<u64>) -> Result<Self, Failure> {
        let spaces = &sandbox.inner.spaces;
        // Before it is looked for, so that it cannot be made unheard.
        let made = spaces.subscribe();
        let space = match &name {
            None => Some(Arc::clone(&spaces.main)),
            Some(name) => spaces.existing(name)?,
        };
        let mut watched = Self { sandbox, name, made, journal: None, seen: News::default() };
        if let Some(space) = space {
            let newest = space.journal.subscribe().borrow().last_id;
            // A greater one is of a space that was here before: all that this one has is new.
            watched.follow(&space, last.map_or(newest, |last| if last > newest { 0 } else { last }));
        }
        Ok(watched)
    }

    fn follow(&mut self, space: &Arc<Space>, last_id: u64) {
        let mut news = space.journal.subscribe();
        let News { last_id: newest, changes } = *news.borrow_and_update();
        if last_id < newest {
            news.mark_changed();
        }
        self.journal = Some((Arc::downgrade(space), news));
        self.seen = News { last_id, changes };
    }

    /// `None` once the space is gone.
    async fn next(&mut self) -> Option<String> {
        const KEEP_ALIVE: Duration = Duration::from_secs(15);

        tokio::time::timeout(KEEP_ALIVE, self.entries()).await.unwrap_or(Some(": still there\n\n".to_owned()))
    }

    async fn entries(&mut self) -> Option<String> {
        loop {
            if let Some((space, news)) = &mut self.journal {
                news.changed().await.ok()?;
                let changes = news.borrow().changes;
                if changes != self.seen.changes {
                    self.seen.changes = changes;
                    news.mark_changed();
                    return Some("event: change\ndata: {}\n\n".to_owned());
                }
                let entries = space.upgrade()?.journal.after(self.seen.last_id, AT_ONCE);
                self.seen.last_id = entries.last().map_or(self.seen.last_id, |entry| entry.id);
                if entries.len() == AT_ONCE {
                    news.mark_changed();
                }
                if entries.is_empty() {
                    continue;
                }
                return Some(entries.iter().map(event).collect());
            }
            self.made.changed().await.ok()?;
            let name = self.name.as_deref()?;
            if let Some(space) = self.sandbox.inner.spaces.existing(name).ok()? {
                self.follow(&space, 0);
            }
        }
    }
}

fn event(entry: &Arc<Entry>) -> String {
    // JSON has no line end in it.
    format!("id: {}\ndata: {}\n\n", entry.id, story(entry))
}
