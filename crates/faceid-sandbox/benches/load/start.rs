//! From the start of the process to its first answer.

use std::time::{Duration, Instant};

use crate::Figure;
use crate::client::{Connection, requests};
use crate::process::Process;

pub(crate) fn measure() -> Vec<Figure> {
    let requests = requests(1);
    let mut times: Vec<Duration> = (0..21)
        .map(|_| {
            let started = Instant::now();
            let process = Process::start();
            assert_eq!(Connection::open(process.address).ask(&requests[0]), 200);
            started.elapsed()
        })
        .collect();
    times.sort_unstable();
    let (median, worst) = (times[10], times[20]);
    let what = format!("start to first answer: median {median:.1?}, worst of 21 {worst:.1?}");
    vec![Figure::new(what, "50 ms", median < Duration::from_millis(50))]
}
