//! The suite over real sockets, with a client that is written by hand: no HTTP library agrees with itself here.

use std::cell::RefCell;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Instant;

use faceid_sandbox::conformance;
use faceid_types::{
    Attempt, BizToken, Call, Context, Error, GetBizToken, Moment, Step, TransportError, TransportKind,
};
use http::Response;

/// A client with one connection, which it keeps open.
struct Client {
    context: Context,
    connection: RefCell<Option<BufReader<TcpStream>>>,
}

impl Client {
    fn send(&self, request: &GetBizToken) -> Result<BizToken, Error> {
        let mut call = Call::new(&self.context, request);
        loop {
            let attempt = call.next(Moment::now())?;
            match call.finish(self.exchange(&attempt), Moment::now()) {
                Step::Done(result) => return result,
                Step::Retry(wait) => std::thread::sleep(wait),
            }
        }
    }

    fn exchange(&self, attempt: &Attempt) -> Result<Response<Vec<u8>>, TransportError> {
        let until = Instant::now() + attempt.budget;
        let never_sent = |error: io::Error| TransportError::new(TransportKind::NeverSent, error);
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => connect(attempt).map(BufReader::new).map_err(never_sent)?,
        };
        let limit = until.saturating_duration_since(Instant::now());
        let stream = connection.get_mut();
        stream.set_read_timeout(Some(limit)).map_err(never_sent)?;
        stream.write_all(&encoded(attempt)).map_err(|error| failed(error, TransportKind::Interrupted))?;

        let response = read(&mut connection)?;
        self.connection.replace(Some(connection));
        Ok(response)
    }
}

fn connect(attempt: &Attempt) -> io::Result<TcpStream> {
    let authority = attempt.request.uri().authority().expect("a host").as_str();
    let address = authority.to_socket_addrs()?.next().ok_or(ErrorKind::NotFound)?;
    TcpStream::connect_timeout(&address, attempt.connect_budget)
}

fn encoded(attempt: &Attempt) -> Vec<u8> {
    let request = &attempt.request;
    let mut bytes = format!(
        "{} {} HTTP/1.1\r\nhost: {}\r\ncontent-length: {}\r\n",
        request.method(),
        request.uri().path(),
        request.uri().authority().expect("a host"),
        request.body().len()
    )
    .into_bytes();
    for (name, value) in request.headers() {
        bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    [&bytes, b"\r\n".as_slice(), request.body()].concat()
}

fn read(connection: &mut BufReader<TcpStream>) -> Result<Response<Vec<u8>>, TransportError> {
    let mut line = || {
        let mut line = String::new();
        match connection.read_line(&mut line) {
            Ok(0) => Err(TransportKind::Interrupted.into()),
            Ok(_) => Ok(line.trim_end().to_owned()),
            Err(error) => Err(failed(error, TransportKind::Interrupted)),
        }
    };
    let status = line()?;
    let status = status.split(' ').nth(1).and_then(|status| status.parse::<u16>().ok());
    let mut response = Response::builder().status(status.ok_or(TransportKind::Misframed)?);
    let mut length = 0;
    loop {
        let header = line()?;
        let Some((name, value)) = header.split_once(": ") else {
            break;
        };
        if name == "content-length" {
            length = value.parse().map_err(|_| TransportKind::Misframed)?;
        }
        response = response.header(name, value);
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body).map_err(|error| failed(error, TransportKind::Misframed))?;
    response.body(body).map_err(|_| TransportKind::Misframed.into())
}

fn failed(error: io::Error, otherwise: TransportKind) -> TransportError {
    let kind = match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => TransportKind::Timeout,
        _ => otherwise,
    };
    TransportError::new(kind, error)
}

#[test]
fn a_client_written_by_hand_conforms() {
    let started = Instant::now();
    conformance::run(|config| {
        let client = Client { context: Context::new(config).unwrap(), connection: RefCell::default() };
        Box::new(move |request| client.send(request))
    });
    let took = started.elapsed();
    assert!(took.as_secs() < 10, "{took:?}");
}
