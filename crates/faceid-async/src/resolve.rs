//! Looking a name up once for all connections that are begun together.
//!
//! reqwest looks it up for each connection, with a thread of tokio's pool each: 64 first calls at once would be 64
//! threads for one question.

use std::collections::HashMap;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::watch;
use tokio::task::spawn_blocking;

/// How long others join a question. Long enough for a burst; short, because addresses change, and a resolver that lost
/// a packet waits for seconds where a new question is answered.
const SHARED_FOR: Duration = Duration::from_secs(1);

type Answer = Result<Vec<SocketAddr>, Arc<io::Error>>;

/// The last question for each name. A client has one: the service's, or its proxy's.
#[derive(Default)]
pub(crate) struct SharedLookup(Mutex<HashMap<String, Question>>);

struct Question {
    asked_at: Instant,
    /// `None` until it is there; without a sender when the runtime ended before.
    answer: watch::Receiver<Option<Answer>>,
}

impl Resolve for SharedLookup {
    fn resolve(&self, name: Name) -> Resolving {
        let mut answer = self.ask(name.as_str());
        Box::pin(async move {
            let answer = answer.wait_for(Option::is_some).await?.clone();
            let addresses = answer.unwrap_or_else(|| Ok(Vec::new()))?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

impl SharedLookup {
    fn ask(&self, name: &str) -> watch::Receiver<Option<Answer>> {
        let mut questions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(question) = questions.get(name).filter(|question| question.can_be_joined()) {
            return question.answer.clone();
        }
        let (sender, answer) = watch::channel(None);
        let host = name.to_owned();
        // The thread itself answers: a call that is dropped, or a runtime that rests, holds up no other.
        spawn_blocking(move || {
            let addresses = (host, 0).to_socket_addrs();
            sender.send_replace(Some(addresses.map(Iterator::collect).map_err(Arc::new)));
        });
        questions.insert(name.to_owned(), Question { asked_at: Instant::now(), answer: answer.clone() });
        answer
    }
}

impl Question {
    fn can_be_joined(&self) -> bool {
        let of_use = match &*self.answer.borrow() {
            Some(answer) => answer.is_ok(),
            None => self.answer.has_changed().is_ok(),
        };
        of_use && self.asked_at.elapsed() < SHARED_FOR
    }
}
