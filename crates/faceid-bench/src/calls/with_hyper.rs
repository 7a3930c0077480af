//! hyper alone: a connection a task, and nothing between it and the socket.

use std::sync::Arc;

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{CONTENT_TYPE, HOST};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::Mutex;

use super::{Plan, in_tasks};
use crate::form;

pub(super) fn run(url: &str, plan: Plan) {
    let address = url.trim_start_matches("http://").to_owned();
    in_tasks(plan, || {
        let address = address.clone();
        let connection = Arc::new(Mutex::new(None));
        move || one(address.clone(), Arc::clone(&connection))
    });
}

async fn one(address: String, connection: Arc<Mutex<Option<SendRequest<Full<Bytes>>>>>) {
    let mut connection = connection.lock().await;
    if connection.is_none() {
        let stream = TcpStream::connect(&address).await.expect("a connection");
        stream.set_nodelay(true).expect("an option");
        let (sender, driver) = handshake(TokioIo::new(stream)).await.expect("a handshake");
        tokio::spawn(driver);
        *connection = Some(sender);
    }
    let Some(sender) = connection.as_mut() else { return };
    let (content_type, body) = form::body();
    let request = http::Request::post(form::PATH).header(HOST, address).header(CONTENT_TYPE, content_type);
    let request = request.body(Full::new(Bytes::from(body))).expect("a request");
    sender.ready().await.expect("a connection");
    let answer = sender.send_request(request).await.expect("an answer");
    drop(form::read(&answer.into_body().collect().await.expect("a body").to_bytes()));
}
