//! Valid calls while hundreds of others hold connections: some send their head a byte at a time, some nothing.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use crate::Figure;
use crate::client::{Connection, requests};
use crate::process::Process;

const EACH: usize = 500;
/// How often each of them is looked at, and every how many looks it sends a byte.
const LOOK: Duration = Duration::from_millis(20);
const LOOKS_A_BYTE: usize = 25;
const UNTIL: Duration = Duration::from_secs(15);

pub(crate) fn measure() -> Vec<Figure> {
    let process = Process::start();
    let requests = requests(1000);
    let idle: Vec<_> =
        (0..EACH).map(|_| TcpStream::connect(process.address).expect("a connection")).collect();
    let (mut times, cut) = thread::scope(|scope| {
        let slow = scope.spawn(|| slow(process.address));
        let mut connection = Connection::open(process.address);
        let started = Instant::now();
        let mut times = Vec::new();
        // As long as all of them hold on, and not as fast as it goes.
        for request in requests.iter().cycle() {
            if started.elapsed() > Duration::from_secs(8) {
                break;
            }
            let sent = Instant::now();
            assert_eq!(connection.ask(request), 200);
            times.push(sent.elapsed());
            thread::sleep(Duration::from_millis(2));
        }
        (times, slow.join().expect("the slow ones"))
    });
    let (_, most) = process.memory();
    drop(idle);

    times.sort_unstable();
    let part = |permille: usize| times[(times.len() - 1) * permille / 1000];
    let (half, p99, worst) = (part(500), part(990), part(1000));
    vec![
        Figure::new(
            format!(
                "{} calls beside {EACH} slow and {EACH} idle: median {half:.1?}, p99 {p99:.1?}, worst {worst:.1?}",
                times.len()
            ),
            "p99 under 100 ms",
            p99 < Duration::from_millis(100),
        ),
        Figure::new(
            format!(
                "{} of {EACH} slow ones cut, the last after {:.1?}",
                cut.len(),
                cut.last().copied().unwrap_or_default()
            ),
            "all within 10 s",
            cut.len() == EACH && cut.last().is_some_and(|last| *last <= Duration::from_secs(10)),
        ),
        Figure::new(format!("memory at most {most:.1} MiB"), "64 MiB", most < 64.0),
    ]
}

/// When each was cut, in that order, from its own start.
fn slow(address: SocketAddr) -> Vec<Duration> {
    let mut open: Vec<_> = (0..EACH)
        .map(|_| {
            let stream = TcpStream::connect(address).expect("a connection");
            stream.set_nonblocking(true).expect("no waiting");
            (stream, Instant::now())
        })
        .collect();
    let started = Instant::now();
    let mut cut = Vec::new();
    let head = b"POST /faceid/v5/sdk/get_biz_token HTTP/1.1\r\nHost: 127.0.0.1\r\n";
    for look in 0.. {
        if open.is_empty() || started.elapsed() > UNTIL {
            break;
        }
        let byte = head.get(look / LOOKS_A_BYTE).filter(|_| look % LOOKS_A_BYTE == 0);
        open.retain_mut(|(stream, since)| {
            let closed = matches!(stream.read(&mut [0]), Ok(0))
                || byte.is_some_and(|byte| stream.write_all(&[*byte]).is_err());
            if closed {
                cut.push(since.elapsed());
            }
            !closed
        });
        thread::sleep(LOOK);
    }
    cut.sort_unstable();
    cut
}
