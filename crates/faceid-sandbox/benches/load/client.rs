//! Prepared requests, and a connection to send them on: the client should cost little beside the sandbox.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use faceid_sandbox::demo_credentials;
use faceid_sign::{Stamp, Validity};

/// A valid request with a sign of its own.
pub(crate) fn request(validity: Validity) -> Vec<u8> {
    let sign = demo_credentials().sign(&Stamp::now().expect("a clock"), validity).expect("a sign");
    let part = |name: &str, value: &str| {
        format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let body = [
        part("sign", sign.expose()),
        part("sign_version", "hmac_sha1"),
        part("liveness_id", "any-scene"),
        part("uuid", "user-1"),
        "--B--\r\n".to_owned(),
    ];
    let body = body.concat();
    let head = "POST /faceid/v5/sdk/get_biz_token HTTP/1.1\r\nHost: 127.0.0.1\r\n\
                Content-Type: multipart/form-data; boundary=B\r\n";
    format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// Valid for longer than any measurement takes.
pub(crate) fn requests(count: usize) -> Vec<Vec<u8>> {
    let hour = Validity::seconds(3600);
    (0..count).map(|_| request(hour.expect("a validity"))).collect()
}

pub(crate) struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("a connection");
        stream.set_nodelay(true).expect("no delay");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a time-out");
        Self { stream, read: Vec::with_capacity(4096) }
    }

    pub(crate) fn send(&mut self, request: &[u8]) {
        self.stream.write_all(request).expect("a request sent");
    }

    /// The status of the next answer, whose body is passed over.
    pub(crate) fn status(&mut self) -> u16 {
        let mut buffer = [0; 4096];
        loop {
            if let Some((status, len)) = answer(&self.read) {
                self.read.drain(..len);
                return status;
            }
            let count = self.stream.read(&mut buffer).expect("an answer");
            assert!(count > 0, "the connection was closed before an answer");
            self.read.extend_from_slice(&buffer[..count]);
        }
    }

    pub(crate) fn ask(&mut self, request: &[u8]) -> u16 {
        self.send(request);
        self.status()
    }
}

/// Status and length of the answer that stands at the beginning, if it is there whole.
fn answer(bytes: &[u8]) -> Option<(u16, usize)> {
    const LENGTH: &[u8] = b"content-length: ";
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let number = |bytes: &[u8]| {
        bytes
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .fold(0, |number, byte| number * 10 + usize::from(byte - b'0'))
    };
    let at = bytes[..head].windows(LENGTH.len()).position(|name| name == LENGTH)? + LENGTH.len();
    let len = head + number(&bytes[at..head]);
    let status = u16::try_from(number(&bytes[9..12])).expect("three digits");
    (bytes.len() >= len).then_some((status, len))
}
