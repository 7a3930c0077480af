//! Many send one single-use sign at the same time: over sockets, and to the function behind them.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::SystemTime;

use faceid_sandbox::Sandbox;
use faceid_sign::Validity;
use http::Request;

use crate::Figure;
use crate::client::{Connection, request};
use crate::process::Process;

const RUNNERS: usize = 50;
const ROUNDS: usize = 1000;

pub(crate) fn measure() -> Vec<Figure> {
    let requests: Vec<_> = (0..ROUNDS).map(|_| request(Validity::Once)).collect();
    let process = Process::start();
    let over_sockets = race(&requests, || {
        let mut connection = Connection::open(process.address);
        move |request: &[u8]| connection.ask(request)
    });

    let sandbox = Sandbox::builder().build();
    let inside = race(&requests, || {
        let sandbox = sandbox.clone();
        move |request: &[u8]| {
            let body = request.windows(4).position(|four| four == b"\r\n\r\n").expect("a body") + 4;
            let request = Request::post("/faceid/v5/sdk/get_biz_token")
                .header("content-type", "multipart/form-data; boundary=B")
                .body(request[body..].to_vec());
            sandbox.answer(&request.expect("a request"), SystemTime::now()).status().as_u16()
        }
    });
    [("over sockets", over_sockets), ("inside", inside)]
        .map(|(place, won)| {
            let what = format!("{won} of {ROUNDS} races of {RUNNERS} with one winner, {place}");
            Figure::new(what, "all of them", won == ROUNDS)
        })
        .into()
}

/// In how many rounds exactly one got a token.
fn race<R: FnMut(&[u8]) -> u16>(requests: &[Vec<u8>], runner: impl Fn() -> R + Sync) -> usize {
    let winners: Vec<_> = requests.iter().map(|_| AtomicUsize::new(0)).collect();
    let line = Barrier::new(RUNNERS);
    thread::scope(|scope| {
        for _ in 0..RUNNERS {
            scope.spawn(|| {
                let mut run = runner();
                for (request, winners) in requests.iter().zip(&winners) {
                    line.wait();
                    winners.fetch_add(usize::from(run(request) == 200), Ordering::Relaxed);
                }
            });
        }
    });
    winners.iter().filter(|winners| winners.load(Ordering::Relaxed) == 1).count()
}
