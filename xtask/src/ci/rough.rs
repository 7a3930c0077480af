//! A server of fixed answers, for what a gateway or a fault may send and the sandbox does not.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream},
    thread,
    time::Duration,
};

use crate::Result;

/// A response without a length, save where the connection is kept: its end is the connection's.
#[derive(Clone, Copy)]
pub(super) struct Answer {
    /// What the request's body must hold: without it, there is no response.
    pub(super) request: &'static str,
    /// Interim answers, which are on their way before the response is.
    pub(super) before: &'static str,
    pub(super) status: u16,
    pub(super) body: &'static [u8],
    /// Blanks that follow the body.
    pub(super) blanks: usize,
    /// Unless the request asks to close it, the connection is kept, and closed as another request comes by it.
    pub(super) keeps: bool,
}

pub(super) const ANSWER: Answer =
    Answer { request: "", before: "", status: 200, body: b"", blanks: 0, keeps: false };

/// Its thread ends with this process.
pub(super) struct Rough {
    url: String,
}

impl Rough {
    pub(super) fn start(answers: Vec<Answer>) -> Result<Self> {
        let addresses: [SocketAddr; 2] = [(Ipv6Addr::LOCALHOST, 0).into(), (Ipv4Addr::LOCALHOST, 0).into()];
        // The sandbox listens on IPv4: here clients meet this machine's other address, where it has one.
        let listener = TcpListener::bind(&addresses[..])?;
        let url = format!("http://{}", listener.local_addr()?);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if let Err(error) = stream.map_err(Into::into).and_then(|stream| answer(&stream, &answers)) {
                    println!("   the server of fixed answers: {error}");
                }
            }
        });
        Ok(Self { url })
    }

    /// The base URL of the answer of that number.
    pub(super) fn url(&self, number: usize) -> String {
        format!("{}/{number}", self.url)
    }
}

/// The request is read whole: to close before resets the connection, and with it the answer.
fn answer(stream: &TcpStream, answers: &[Answer]) -> Result {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut request = BufReader::new(stream);
    let mut first = String::new();
    request.read_line(&mut first)?;
    let number = first.split('/').nth(1).and_then(|number| number.parse().ok());
    let answer: &Answer = number.and_then(|number: usize| answers.get(number)).ok_or("no such answer")?;

    let mut length = 0;
    let mut keeps = answer.keeps;
    let mut line = String::new();
    while request.read_line(&mut line)? > 2 {
        if let Some((name, value)) = line.split_once(':') {
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse()?;
            }
            keeps &= !(name.eq_ignore_ascii_case("connection") && value.trim().eq_ignore_ascii_case("close"));
        }
        line.clear();
    }
    let mut body = vec![0; length];
    request.read_exact(&mut body)?;
    if !String::from_utf8_lossy(&body).contains(answer.request) {
        return Err(format!("a request without {:?}", answer.request).into());
    }

    let mut stream = stream;
    if !answer.before.is_empty() {
        stream.write_all(answer.before.as_bytes())?;
        thread::sleep(Duration::from_millis(50));
    }
    let end = if keeps {
        format!("Content-Length: {}", answer.body.len() + answer.blanks)
    } else {
        "Connection: close".to_owned()
    };
    let head = format!("HTTP/1.1 {} Fixed\r\n{end}\r\n\r\n", answer.status);
    let blanks = vec![b' '; answer.blanks];
    stream.write_all(&[head.as_bytes(), answer.body, &blanks].concat())?;
    if keeps {
        request.read_line(&mut line)?;
    }
    Ok(())
}
