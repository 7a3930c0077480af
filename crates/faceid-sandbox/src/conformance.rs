//! The suite that a client of the service passes, whatever HTTP library it is on: a row a case.
//!
//! It checks what a transport can get wrong: that what is sent arrives, that what comes back is told apart, that each
//! attempt is signed anew, that what is to be repeated is, and that nothing secret shows in an error. The decisions
//! themselves are [`Call`](faceid_types::Call)'s; a client that leaves them to it has the rest of the table for free.
//!
//! ```
//! use faceid_sandbox::conformance;
//! use faceid_types::{BizToken, Call, Context, Error, GetBizToken, Moment, Step};
//!
//! conformance::run_without_socket(|sandbox, config| {
//!     let (sandbox, context) = (sandbox.clone(), Context::new(config).expect("the suite's own"));
//!     Box::new(move |request: &GetBizToken| {
//!         let mut call = Call::new(&context, request);
//!         loop {
//!             let attempt = call.next(Moment::now())?;
//!             match call.finish(sandbox.exchange(&attempt), Moment::now()) {
//!                 Step::Done(result) => return result,
//!                 Step::Retry(wait) => std::thread::sleep(wait),
//!             }
//!         }
//!     })
//! });
//! ```

mod case;
mod table;

use faceid_types::{BizToken, Config, Error, GetBizToken};

use crate::conformance::case::{Case, Expected};
use crate::{Sandbox, Server};

/// A client, as far as the suite goes: it sends one request after another.
pub type Client = Box<dyn Fn(&GetBizToken) -> Result<BizToken, Error>>;

/// Runs the suite over real sockets. `client` makes a client of a configuration; it is asked for a new one for each
/// case. The whole takes some seconds, most of it waits between attempts.
///
/// # Panics
///
/// With each case that failed, and why.
pub fn run(client: impl Fn(Config) -> Client) {
    let over_a_socket = |case: &Case| {
        let server = case.builder().start().map_err(|error| error.to_string())?;
        case.check(server.sandbox(), |config| client(config), server.url())
    };
    let mut failed = failures(over_a_socket);
    failed.extend(nobody_listens(&client).err());
    report(&failed);
}

/// Runs the suite without a socket: for what stands between [`Call`](faceid_types::Call) and
/// [`Sandbox::exchange`] or [`Sandbox::answer`].
///
/// # Panics
///
/// As [`run`].
pub fn run_without_socket(client: impl Fn(&Sandbox, Config) -> Client) {
    report(&failures(|case| {
        let sandbox = case.builder().build();
        case.check(&sandbox, |config| client(&sandbox, config), "http://127.0.0.1")
    }));
}

fn failures(check: impl Fn(&Case) -> Result<(), String>) -> Vec<String> {
    let failure = |case: &Case| check(case).err().map(|why| format!("{}: {why}", case.name));
    table::cases().iter().filter_map(failure).collect()
}

fn report(failed: &[String]) {
    assert!(failed.is_empty(), "{} cases failed:\n{}", failed.len(), failed.join("\n"));
}

/// The one case that has no sandbox.
fn nobody_listens(client: &impl Fn(Config) -> Client) -> Result<(), String> {
    let name = "a port where nobody listens";
    let server = Server::start(Sandbox::builder().build(), ([127, 0, 0, 1], 0))
        .map_err(|error| format!("{name}: {error}"))?;
    let url = server.url().to_owned();
    server.stop();
    let case = Case::new(name);
    let send = client(case.client_config(url));
    let result = send(&GetBizToken::new("scene"));
    let expected = Expected::Transport(faceid_types::TransportKind::NeverSent);
    expected
        .check(&result)
        .and_then(|()| match &result {
            Err(error) if !error.is_before_send() => Err("not known to be unsent".to_owned()),
            Err(error) if error.attempts() != 3 => Err(format!("{} attempts", error.attempts())),
            _ => Ok(()),
        })
        .map_err(|why| format!("{name}: {why}"))
}
