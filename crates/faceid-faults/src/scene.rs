//! One row, set up: who stands where, and what is checked whoever asks.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use faceid_types::Credentials;

use crate::rows::TIMEOUT;
use crate::{Authority, Peer, Port, Row, Server};

/// The `api_secret` of all rows, with a mark to search for.
pub const SECRET: &str = "marked-secret-of-the-suite";
/// The `uuid` of all rows, with a mark to search for.
pub const UUID: &str = "marked-user-of-the-suite";
/// Stands in the middle of every sign of the key `fake-key`: the base64 of `=fake-key&b=`, which begins at its 21st byte.
pub(crate) const SIGN: &str = "PWZha2Uta2V5JmI9";

/// By how much a call may overshoot its deadline.
pub(crate) const OVERSHOOT: Duration = Duration::from_millis(100);
/// A sign is made when it is sent; the rest is for a busy machine.
const AT_ITS_TIME: u64 = 2;

/// A row with its servers.
pub struct Scene<'a> {
    row: &'a Row,
    server: Server,
    /// Nothing may arrive here.
    elsewhere: Server,
    authority: Authority,
}

/// What whoever asked has to tell.
pub struct Told {
    /// For the table.
    pub outcome: String,
    /// All that it showed.
    pub shown: String,
    /// How long each call took.
    pub took: Vec<Duration>,
    /// How many attempts it says it made.
    pub attempts: usize,
    /// By how many bytes its memory grew, if it is not this process.
    pub grew: Option<u64>,
}

/// What a row came to.
pub(crate) struct Seen {
    pub(crate) told: Told,
    pub(crate) requests: usize,
    pub(crate) overshoot: Duration,
    pub(crate) accepted: usize,
}

impl<'a> Scene<'a> {
    pub(crate) fn new(row: &'a Row) -> Self {
        let elsewhere = Server::start(None, |peer| peer.request().map(drop));
        let serve = Arc::clone(&row.serve);
        let serve = move |peer: &mut Peer| serve(peer);
        let authority = Authority::default();
        let server = match row.port {
            Port::Full => Server::full(),
            Port::Closed => Server::closed(),
            Port::Plain | Port::RawTls | Port::Proxy => Server::beside(&elsewhere, None, serve),
            Port::Tls(leaf) => Server::beside(&elsewhere, Some(authority.server(leaf)), serve),
        };
        Self { row, server, elsewhere, authority }
    }

    /// The row.
    #[must_use]
    pub fn row(&self) -> &Row {
        self.row
    }

    /// Where to ask.
    #[must_use]
    pub fn url(&self) -> String {
        if self.row.port == Port::Proxy {
            return "https://tunnel.invalid".to_owned();
        }
        let scheme = if matches!(self.row.port, Port::Tls(_) | Port::RawTls) { "https" } else { "http" };
        format!("{scheme}://{}", self.server.address())
    }

    /// Through which proxy, if there is one.
    #[must_use]
    pub fn proxy(&self) -> Option<String> {
        (self.row.port == Port::Proxy).then(|| format!("http://{}", self.server.address()))
    }

    /// Whose certificates to trust.
    #[must_use]
    pub fn roots(&self) -> &str {
        self.authority.pem()
    }

    /// Has the question asked, and checks what holds for all. Calls may overshoot their deadline by so much.
    pub(crate) fn play(
        &self,
        most_overshoot: Duration,
        ask: impl Fn(&Self) -> Result<Told, String>,
    ) -> Result<Seen, String> {
        let told = ask(self)?;
        self.shows_nothing(&told.shown)?;
        let slowest = told.took.iter().max().copied().unwrap_or_default();
        let overshoot = slowest.saturating_sub(self.row.deadline);
        if overshoot > most_overshoot {
            return Err(format!("took {slowest:?}"));
        }
        if self.row.calls == [TIMEOUT] && slowest < self.row.deadline / 2 {
            return Err(format!("no time was over after {slowest:?}"));
        }
        let accepted = self.row.accepted.map_or(0, |_| self.server.accepted());
        if self.row.accepted.is_some_and(|most| accepted > most) {
            return Err(format!("{accepted} bytes of an answer were taken"));
        }
        if self.elsewhere.connections() > 0 {
            return Err("another server was asked".into());
        }
        let requests = self.requests()?;
        if !self.row.attempted.contains(&told.attempts) {
            return Err(format!(
                "{} attempts were made, {:?} were expected",
                told.attempts, self.row.attempted
            ));
        }
        Ok(Seen { told, requests, overshoot, accepted })
    }

    /// Each is signed anew, and validly at its own time.
    fn requests(&self) -> Result<usize, String> {
        let credentials = Credentials::new("fake-key", SECRET).expect("a pair");
        let received = self.server.received();
        let mut nonces = HashSet::new();
        for request in &received {
            let sign = request.field("sign").ok_or("a request without a sign")?;
            let arrived = unix(request.at);
            let at_its_time = |time: u64| {
                let claims = credentials.verify(&sign, time).ok();
                claims.filter(|claims| claims.issued_at.abs_diff(time) <= AT_ITS_TIME)
            };
            let claims = at_its_time(arrived).or_else(|| at_its_time(arrived + self.row.ahead));
            let claims = claims.ok_or("a sign that is not ours, or not valid and made when it arrived")?;
            if !nonces.insert(claims.nonce.to_string()) {
                return Err("a nonce was used twice".into());
            }
        }
        if let [first, second, ..] = received.as_slice() {
            let apart = second.at.duration_since(first.at).unwrap_or_default();
            if apart < self.row.apart {
                return Err(format!("asked again after {apart:?}"));
            }
        }
        if received.len() != self.row.requests {
            return Err(format!("{} requests arrived, {} were expected", received.len(), self.row.requests));
        }
        Ok(received.len())
    }

    fn shows_nothing(&self, shown: &str) -> Result<(), String> {
        let signs: Vec<_> =
            self.server.received().iter().filter_map(|request| request.field("sign")).collect();
        // Of a sign the digest alone is enough: the rest can be guessed.
        let parts = signs.iter().flat_map(|sign| sign.as_bytes().windows(16).map(String::from_utf8_lossy));
        let parts: Vec<_> = parts.collect();
        for mark in [SECRET, UUID, SIGN].into_iter().chain(parts.iter().map(AsRef::as_ref)) {
            if shown.contains(mark) {
                return Err(format!("shows {mark}: {shown:?}"));
            }
        }
        if shown.contains(moves_the_cursor) {
            return Err(format!("shows a control character: {shown:?}"));
        }
        if shown.len() > 6000 {
            return Err(format!("shows {} bytes: {shown:.3000}", shown.len()));
        }
        Ok(())
    }
}

/// What a terminal obeys, or turns the direction of text with.
pub(crate) fn moves_the_cursor(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
        )
}

fn unix(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
