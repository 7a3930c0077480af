//! Whether a sandbox is there: for a container's health check, in an image that has no curl.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::Uri;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::failure::{Failure, Kind};
use crate::speech::{Phrase, Say};

const PATIENCE: Duration = Duration::from_secs(5);

pub(super) fn check(url: &str, ca_file: Option<&Path>) -> Result<(), Failure> {
    ask(url, ca_file)
        .map_err(|problem| Failure::new(Kind::Network, Say::NotHealthy.with([url.into(), problem])))
}

fn ask(url: &str, ca_file: Option<&Path>) -> Result<(), Phrase> {
    let uri: Uri = url.parse().map_err(|_| Say::UrlWanted)?;
    let host = uri.host().ok_or(Say::UrlWanted)?;
    let secure = match uri.scheme_str() {
        Some("http") => false,
        Some("https") => true,
        _ => return Err(Say::HttpWanted.into()),
    };
    let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
    let bare = host.trim_matches(['[', ']']);
    let tls = if secure {
        let name = ServerName::try_from(bare.to_owned()).map_err(io::Error::other)?;
        Some((Arc::new(tls(ca_file.ok_or(Say::CaFileWanted)?)?), name))
    } else {
        None
    };
    let host = format!("{host}:{port}");
    // A name often has an address of each family, and the sandbox listens at one.
    let mut error = io::Error::from(io::ErrorKind::NotFound);
    for address in (bare, port).to_socket_addrs()? {
        match ask_at(address, tls.clone(), &host) {
            Ok(()) => return Ok(()),
            Err(refused) => error = refused,
        }
    }
    Err(match error.kind() {
        // The system has two names for it.
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Say::NoAnswerInTime.into(),
        io::ErrorKind::UnexpectedEof => Say::ConnectionEnded.into(),
        _ => error.into(),
    })
}

fn ask_at(
    address: SocketAddr,
    tls: Option<(Arc<ClientConfig>, ServerName<'static>)>,
    host: &str,
) -> io::Result<()> {
    let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    match tls {
        None => exchange(stream, host),
        Some((config, name)) => {
            let connection = ClientConnection::new(config, name).map_err(io::Error::other)?;
            exchange(StreamOwned::new(connection, stream), host)
        }
    }
}

fn tls(ca_file: &Path) -> io::Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(ca_file).map_err(io::Error::other)? {
        roots.add(certificate.map_err(io::Error::other)?).map_err(io::Error::other)?;
    }
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// The whole answer of a sandbox, and no more time than there is, however slowly another's comes.
fn exchange(mut stream: impl Read + Write, host: &str) -> io::Result<()> {
    const LONGEST: usize = 4096;

    let until = Instant::now() + PATIENCE;
    let request = format!("GET /__sandbox/health HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    stream.flush()?;
    let mut answer = Vec::new();
    let mut piece = [0; 1024];
    while answer.len() < LONGEST {
        let count = stream.read(&mut piece)?;
        answer.extend_from_slice(&piece[..count]);
        if answer.starts_with(b"HTTP/1.1 200 ") && answer.ends_with(b"\r\n\r\n{\"status\":\"ok\"}") {
            return Ok(());
        }
        if count == 0 {
            break;
        }
        if Instant::now() > until {
            return Err(io::ErrorKind::TimedOut.into());
        }
    }
    let text = String::from_utf8_lossy(&answer);
    let line = text.lines().next().ok_or(io::ErrorKind::UnexpectedEof)?;
    Err(io::Error::other(line.chars().take(80).collect::<String>()))
}
