//! The least that answers: HTTP/1.1 with keep-alive, one thread, always the same token.
//!
//! It prints the URL it listens at, and ends with its standard input. A request whose body has `hold` is answered after
//! five seconds. With `--tls FILE` it speaks TLS, and writes the certificate to trust into the file.

#![forbid(unsafe_code)]

use std::io::Read as _;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 141\r\n\r\n\
    {\"biz_token\":\"1531397038,f0b9eea0-6a2d-486c-a1ba-42fdf843e8cc\",\"time_used\":18,\
    \"request_id\":\"1531397037,c1223c5b-c2f6-4bb7-8cbb-8993497ddbe0\"}";

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let acceptor = match arguments.as_slice() {
        [flag, file] if flag == "--tls" => Some(acceptor(file)),
        _ => None,
    };
    std::thread::spawn(|| {
        let _ = std::io::stdin().read(&mut [0]);
        std::process::exit(0);
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let scheme = if acceptor.is_some() { "https" } else { "http" };
    println!("{scheme}://localhost:{}", listener.local_addr().expect("a port").port());
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true);
        match acceptor.clone() {
            None => drop(tokio::spawn(serve(stream))),
            Some(acceptor) => drop(tokio::spawn(async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    serve(stream).await;
                }
            })),
        }
    }
}

fn acceptor(file: &str) -> TlsAcceptor {
    let made = rcgen::generate_simple_self_signed(["localhost", "127.0.0.1"].map(str::to_owned))
        .expect("a certificate");
    std::fs::write(file, made.cert.pem()).expect("a file to write");
    let key = made.signing_key.serialize_der().try_into().expect("a key");
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config =
        config.expect("versions").with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key);
    TlsAcceptor::from(Arc::new(config.expect("a pair")))
}

/// Answers one request after the other until the client leaves.
async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin) {
    let mut buffer = Vec::with_capacity(4096);
    loop {
        let end = loop {
            if let Some(end) = end_of_request(&buffer) {
                break end;
            }
            match stream.read_buf(&mut buffer).await {
                Ok(read) if read > 0 => {}
                _ => return,
            }
        };
        if buffer[..end].windows(4).any(|window| window == b"hold") {
            tokio::time::sleep(Duration::from_secs(5)).await;
        }
        buffer.drain(..end);
        if stream.write_all(ANSWER).await.is_err() || stream.flush().await.is_err() {
            return;
        }
    }
}

/// Where the first request ends, if it is there as a whole.
fn end_of_request(buffer: &[u8]) -> Option<usize> {
    let head_end = buffer.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&buffer[..head_end]).ok()?;
    if head.lines().any(|line| line.eq_ignore_ascii_case("transfer-encoding: chunked")) {
        let end = buffer[head_end..].windows(5).position(|window| window == b"0\r\n\r\n")?;
        return Some(head_end + end + 5);
    }
    let mut fields = head.lines().filter_map(|line| line.split_once(':'));
    let (_, length) = fields.find(|(name, _)| name.eq_ignore_ascii_case("content-length"))?;
    let length: usize = length.trim().parse().ok()?;
    (buffer.len() >= head_end + length).then_some(head_end + length)
}
