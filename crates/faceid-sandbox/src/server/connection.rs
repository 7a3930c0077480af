//! Connections: how many there may be, how long each is waited for, and how one ends.
//!
//! axum's own `serve` sets no timer, and without one hyper keeps no time limit for a request's head.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use futures_util::future::{Either, select};
use hyper::body::Incoming;
use hyper::rt::{Read, Write};
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, watch};
#[cfg(feature = "tls")]
use tokio_rustls::TlsAcceptor;

use super::Limits;
use super::socket::{Client, Socket};
use crate::{Broken, Delivery};

/// The longest head of a request in bytes.
const HEAD_LIMIT: usize = 16 * 1024;

/// What each connection goes through.
pub(super) struct Door {
    http: http1::Builder,
    pub(super) connections: usize,
    patience: Duration,
    #[cfg(feature = "tls")]
    tls: Option<(TlsAcceptor, Duration)>,
}

impl Door {
    pub(super) fn new(limits: Limits, #[cfg(feature = "tls")] tls: Option<TlsAcceptor>) -> Self {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(limits.head)
            .max_buf_size(HEAD_LIMIT)
            // The sandbox writes the date itself, by its own clock.
            .auto_date_header(false);
        Self {
            http,
            connections: limits.connections,
            patience: limits.body,
            #[cfg(feature = "tls")]
            tls: tls.map(|tls| (tls, limits.head)),
        }
    }
}

/// `closing` becomes true when connections are to end, each once it has answered.
pub(super) async fn accept(
    listener: tokio::net::TcpListener,
    router: Router,
    door: Door,
    places: Arc<Semaphore>,
    closing: watch::Receiver<bool>,
) {
    let (router, door) = (TowerToHyperService::new(router), Arc::new(door));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, peer)) => {
                let (door, router, closing) = (Arc::clone(&door), router.clone(), closing.clone());
                tokio::spawn(async move {
                    door.enter(stream, peer, router, closing).await;
                    drop(place);
                });
            }
            // Out of files, most likely: they come back when connections end.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

impl Door {
    async fn enter(
        &self,
        stream: TcpStream,
        peer: SocketAddr,
        router: TowerToHyperService<Router>,
        closing: watch::Receiver<bool>,
    ) {
        // Without it a small answer can wait for the acknowledgement of the one before.
        let _ = stream.set_nodelay(true);
        let socket = Socket::new(stream, self.patience);
        let client = socket.client();
        #[cfg(feature = "tls")]
        if let Some((tls, patience)) = &self.tls {
            // Who does not shake hands in time, or not at all, is left.
            if let Ok(Ok(stream)) = tokio::time::timeout(*patience, tls.accept(socket)).await {
                self.serve(TokioIo::new(stream), client, peer, router, closing).await;
            }
            return;
        }
        self.serve(TokioIo::new(socket), client, peer, router, closing).await;
    }

    /// Until either side ends it; a fault may, in place of an answer.
    async fn serve<S>(
        &self,
        stream: S,
        client: Client,
        peer: SocketAddr,
        router: TowerToHyperService<Router>,
        mut closing: watch::Receiver<bool>,
    ) where
        S: Read + Write + Unpin + 'static,
    {
        let service = service_fn(move |mut request: http::Request<Incoming>| {
            request.extensions_mut().insert(peer);
            let (answer, client) = (router.call(request), client.clone());
            async move {
                let response = answer.await.unwrap_or_else(|never| match never {});
                let Delivery { delay, broken, .. } = Delivery::of(&response);
                let gone = !delay.is_zero() && client.goes_within(delay).await;
                if broken == Some(Broken::Reset) {
                    client.is_reset();
                }
                if gone || broken == Some(Broken::Reset) {
                    // An error of the service makes hyper close the connection without a word.
                    Err(io::Error::from(io::ErrorKind::ConnectionReset))
                } else {
                    Ok(response)
                }
            }
        });
        let mut connection = pin!(self.http.serve_connection(stream, service));
        let closed = pin!(async move {
            let _ = closing.wait_for(|closing| *closing).await;
        });
        if let Either::Right(_) = select(connection.as_mut(), closed).await {
            connection.as_mut().graceful_shutdown();
            // What a client does wrong here, or a fault on purpose, is no event of ours.
            let _ = connection.await;
        }
    }
}
