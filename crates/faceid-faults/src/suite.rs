//! What a row is, and what is checked in each.

use std::collections::HashSet;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use faceid_net::{Network, Proxy, Roots};
use faceid_types::{BizToken, Config, Credentials, Error, GetBizToken, TransportKind};

use crate::{Authority, Leaf, Peer, Server};

/// One scenario.
pub struct Row {
    /// What it is about.
    pub name: &'static str,
    /// How the connection is secured.
    pub tls: Tls,
    /// What the server does with each connection.
    pub server: fn(&mut Peer) -> io::Result<()>,
    /// How the call is configured beyond the defaults.
    pub config: fn(Config) -> Config,
    /// How each call ends, one after the other with the same client.
    pub calls: &'static [Expect],
    /// How many requests arrive, all calls together.
    pub requests: usize,
}

/// How the connection is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// It is not.
    Plain,
    /// By a certificate of an authority that the client trusts.
    By(Leaf),
    /// By a certificate of an authority that the client does not know.
    Unknown,
    /// The client speaks TLS, and the server handles the bytes as they are.
    Raw,
}

/// How a call ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// With the token `fake-token`.
    Token,
    /// With a transport error.
    Transport(TransportKind),
    /// With an error answer of this status, and this code or none.
    Api(u16, &'static str),
    /// With an answer that does not read.
    Decode,
}

const SECRET: &str = "marked-secret-of-the-suite";
const UUID: &str = "marked-user-of-the-suite";

/// A call may overshoot its deadline by a tenth of a second; ten times that is given, for a busy machine.
const OVERSHOOT: Duration = Duration::from_secs(1);

/// Runs each row and checks what holds for all: how calls end, how many requests arrive, each signed anew and validly at
/// its own time, the deadline kept, and nothing secret shown.
///
/// `client` makes a client of its settings; what it returns sends one request.
///
/// # Panics
///
/// If a row does not hold; all of them are named.
pub fn run<C>(rows: &[Row], client: impl Fn(Config, &Network) -> C)
where
    C: Fn(&GetBizToken) -> Result<BizToken, Error>,
{
    let failures: Vec<String> = rows
        .iter()
        .filter_map(|row| check(row, &client).err().map(|fault| format!("{}: {fault}", row.name)))
        .collect();
    assert!(failures.is_empty(), "{} of {} rows:\n{}", failures.len(), rows.len(), failures.join("\n"));
}

fn check<C>(row: &Row, client: impl Fn(Config, &Network) -> C) -> Result<(), String>
where
    C: Fn(&GetBizToken) -> Result<BizToken, Error>,
{
    let (trusted, unknown) = (Authority::default(), Authority::default());
    let tls = match row.tls {
        Tls::Plain | Tls::Raw => None,
        Tls::By(leaf) => Some(trusted.server(leaf)),
        Tls::Unknown => Some(unknown.server(Leaf::Good)),
    };
    let server = Server::start(tls, row.server);
    let scheme = if row.tls == Tls::Plain { "http" } else { "https" };
    let credentials = Arc::new(Credentials::new("fake-key", SECRET).expect("a pair"));
    let deadline = Duration::from_secs(3);
    let config =
        Config::at(format!("{scheme}://{}", server.address()), (*credentials).clone()).deadline(deadline);
    let network = Network::default().roots(Roots::Pem(trusted.pem().into())).proxy(Proxy::Direct);
    let send = client((row.config)(config), &network);

    for expected in row.calls {
        let started = Instant::now();
        let result = send(&GetBizToken::new("fake-scene").uuid(UUID));
        let elapsed = started.elapsed();
        if elapsed > deadline + OVERSHOOT {
            return Err(format!("took {elapsed:?}"));
        }
        let shown =
            format!("{result:?} {}", result.as_ref().err().map_or(String::new(), ToString::to_string));
        let ended = match &result {
            Ok(token) if token.biz_token() == "fake-token" => Expect::Token,
            Ok(token) => return Err(format!("another token: {}", token.biz_token())),
            Err(Error::Transport(error)) => Expect::Transport(error.kind()),
            Err(Error::Decode(_)) => Expect::Decode,
            Err(error) => {
                let code = error.code().map_or("", |code| code.as_str());
                let Expect::Api(status, wanted) = expected else {
                    return Err(shown);
                };
                if (error.status(), code) != (Some(*status), *wanted) {
                    return Err(shown);
                }
                *expected
            }
        };
        if ended != *expected {
            return Err(format!("expected {expected:?}: {shown}"));
        }
        let signs =
            server.received().iter().filter_map(|received| received.field("sign")).collect::<Vec<_>>();
        let marks = [SECRET, UUID].into_iter().chain(signs.iter().map(String::as_str));
        if shown.contains(char::is_control)
            || shown.len() > 2000
            || marks.into_iter().any(|mark| shown.contains(mark))
        {
            return Err(format!("shows what it must not: {shown:?}"));
        }
    }

    let received = server.received();
    if received.len() != row.requests {
        return Err(format!("{} requests arrived, {} were expected", received.len(), row.requests));
    }
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |now| now.as_secs());
    let mut nonces = HashSet::new();
    for request in &received {
        let sign = request.field("sign").ok_or("a request without a sign")?;
        let claims =
            credentials.verify(&sign, 0).map_err(|error| format!("a sign that is not ours: {error}"))?;
        if !nonces.insert(claims.nonce.to_string()) {
            return Err("a nonce was used twice".into());
        }
        if !row.name.contains("clock") && claims.issued_at.abs_diff(now) > 5 {
            return Err("a sign was not made at its own time".into());
        }
    }
    Ok(())
}
