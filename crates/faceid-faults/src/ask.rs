//! Asks through a client.

use std::error::Error as StdError;
use std::iter;
use std::mem::take;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use faceid_net::{Network, Proxy, ProxyUrl, Roots};
use faceid_types::{BizToken, Config, Credentials, Error, GetBizToken, Retry};

use crate::{Expect, SECRET, Scene, Told, UUID};

/// Asks through a client that `make` makes of its settings; what it returns sends one request.
///
/// # Panics
///
/// Not by itself.
pub fn client<C>(make: impl Fn(Config, &Network) -> C) -> impl Fn(&Scene<'_>) -> Result<Told, String>
where
    C: Fn(&GetBizToken) -> Result<BizToken, Error>,
{
    move |scene| {
        let row = scene.row();
        let records = Arc::<Mutex<Vec<String>>>::default();
        let config = Config::at(scene.url(), Credentials::new("fake-key", SECRET).expect("a pair"))
            .deadline(row.deadline())
            .retry(Retry::default().max_attempts(row.most_attempts()))
            .observer({
                let records = Arc::clone(&records);
                move |record| {
                    lock(&records).push(format!("{record:?} "));
                }
            });
        let proxy = scene.proxy().map_or(Proxy::Direct, |url| Proxy::Url(ProxyUrl::new(url)));
        let network = Network::default().roots(Roots::Pem(scene.roots().into())).proxy(proxy);
        let send = make(config, &network);

        let mut told =
            Told { outcome: String::new(), shown: String::new(), took: Vec::new(), attempts: 0, grew: None };
        for expected in row.calls() {
            let started = Instant::now();
            let result = send(&GetBizToken::new("fake-scene").uuid(UUID));
            told.took.push(started.elapsed());
            let shown = shown(&result);
            let ended = ended(&result);
            if !fits(&ended, *expected) {
                return Err(format!("expected {expected:?}, not {ended:?}: {shown}"));
            }
            let records = take(&mut *lock(&records));
            if let Some(attempts) = result.err().map(|error| error.attempts() as usize) {
                if attempts != records.len() {
                    return Err(format!("{attempts} attempts are told, {} were made", records.len()));
                }
            }
            told.outcome = ended;
            told.shown += &shown;
            told.shown += &records.concat();
            told.attempts += records.len();
        }
        Ok(told)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn fits(ended: &str, expected: Expect) -> bool {
    match expected {
        Expect::Token => ended == "fake-token",
        Expect::TokenOf(token) => ended == token,
        Expect::Transport(kind) => ended == kind.as_str(),
        Expect::Api(status, code) => ended == format!("{status} {}", code.escape_debug()),
        Expect::Decode => ended == "decode",
        Expect::OneOf(ways) => ways.iter().any(|way| fits(ended, *way)),
    }
}

/// In a word or two.
fn ended(result: &Result<BizToken, Error>) -> String {
    match result {
        Ok(token) => token.biz_token().to_owned(),
        Err(Error::Transport(error)) => error.kind().as_str().to_owned(),
        Err(Error::Decode(_)) => "decode".to_owned(),
        Err(error) => {
            let code = error.code().map_or("", |code| code.as_str());
            format!("{} {}", error.status().unwrap_or_default(), code.escape_debug())
        }
    }
}

/// All that a program may print of a result, the errors beneath it too.
fn shown(result: &Result<BizToken, Error>) -> String {
    let Err(error) = result else { return format!("{result:?} ") };
    let causes = iter::successors(Some(error as &dyn StdError), |&error| error.source());
    let causes = causes.map(|error| format!("{error} {error:?} "));
    format!("{result:?} {} {:?} {}", error.hint(), error.hint(), causes.collect::<String>())
}
