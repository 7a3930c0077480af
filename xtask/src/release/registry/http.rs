//! As much of HTTP/1.1 as cargo needs of a registry: one request a connection.

use std::{
    io::{BufRead, BufReader, Read as _, Write as _},
    net::TcpStream,
    thread,
    time::Duration,
};

use super::entry::checksum;
use crate::Result;

/// The most that a request's body may have, as on the public registry.
const BODY_LIMIT: usize = 10 << 20;

pub(super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) token: Option<String>,
    /// The mark of the page that the client has.
    known: Option<String>,
    pub(super) body: Vec<u8>,
}

pub(super) enum Response {
    Answer {
        status: u16,
        body: Vec<u8>,
    },
    /// A page that is not there.
    #[cfg(test)]
    Elsewhere,
    /// Nothing, for longer than cargo waits in a rehearsal.
    Silence,
}

impl Response {
    pub(super) fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self::Answer { status: 200, body: body.into() }
    }

    pub(super) fn not_found() -> Self {
        Self::error(404, "no such page")
    }

    /// In the form that cargo shows to its user.
    pub(super) fn error(status: u16, detail: &str) -> Self {
        let body = serde_json::json!({ "errors": [{ "detail": detail }] });
        Self::Answer { status, body: body.to_string().into_bytes() }
    }
}

pub(super) fn read(stream: &TcpStream) -> Result<Request> {
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split(' ').map(str::to_owned);
    let (method, path) = words.next().zip(words.next()).ok_or("no request line")?;
    let mut request = Request { method, path, token: None, known: None, body: Vec::new() };

    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse()?,
            "authorization" => request.token = Some(value.trim().to_owned()),
            "if-none-match" => request.known = Some(value.trim().to_owned()),
            "expect" => (&mut &*stream).write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?,
            _ => {}
        }
    }
    if length > BODY_LIMIT {
        return Err("the request is too large".into());
    }
    request.body.resize(length, 0);
    reader.read_exact(&mut request.body)?;
    Ok(request)
}

pub(super) fn write(mut stream: &TcpStream, request: &Request, response: &Response) -> Result {
    let (status, body) = match response {
        Response::Answer { status, body } => (*status, body.as_slice()),
        #[cfg(test)]
        Response::Elsewhere => {
            let head = "HTTP/1.1 302 \r\nLocation: /gone\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            return Ok(stream.write_all(head.as_bytes())?);
        }
        Response::Silence => {
            thread::sleep(Duration::from_secs(60));
            return Ok(());
        }
    };
    // As the public registry does: what a client has already is not sent again.
    let mark = format!("\"{}\"", checksum(body));
    let is_known = status == 200 && request.known.as_ref() == Some(&mark);
    let (status, body) = if is_known { (304, &[][..]) } else { (status, body) };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} \r\nETag: {mark}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes())?;
    Ok(stream.write_all(body)?)
}
