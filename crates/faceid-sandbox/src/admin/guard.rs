//! Who may call: programs of this machine, those that have the token, and no page of another origin.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::header::{AUTHORIZATION, HOST, HeaderMap, HeaderName, ORIGIN};
use http::uri::Authority;
use http::{StatusCode, Uri};

use super::Failure;

/// Who may call, besides the programs of this machine.
#[derive(Clone, Default)]
pub(crate) struct Access {
    pub(crate) token: Option<Box<str>>,
    /// The names by which the sandbox is called, besides localhost and addresses.
    pub(crate) hosts: Vec<String>,
}

/// By a name that the sandbox has not: a page of an attacker could have that name point here. [DNS rebinding]
pub(super) async fn admit_host(State(access): State<Access>, request: Request, next: Next) -> Response {
    let host = host(request.uri(), request.headers());
    if !host.as_ref().is_some_and(|host| access.knows(host.host())) {
        let why = "the Host is neither an address nor localhost: allow it with --allow-host NAME";
        return Failure::new(StatusCode::FORBIDDEN, why).into_response();
    }
    next.run(request).await
}

pub(super) async fn admit(State(access): State<Access>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    if !same_origin(request.uri(), headers) {
        let why = "the request is of a page of another origin";
        return Failure::new(StatusCode::FORBIDDEN, why).into_response();
    }
    let peer = request.extensions().get().map(SocketAddr::ip);
    if !access.lets(peer, headers) {
        const NOT_WITHOUT: &str =
            "the request is not of this machine, and has no Authorization: Bearer with the admin token";
        const NOT_AT_ALL: &str = "the request is not of this machine, and the sandbox was started without an admin token: \
                                  start it with --admin-token-file, or ask on its own machine";

        // Whom no token would help is not to be asked for one.
        let (status, why) = match access.token {
            Some(_) => (StatusCode::UNAUTHORIZED, NOT_WITHOUT),
            None => (StatusCode::FORBIDDEN, NOT_AT_ALL),
        };
        return Failure::new(status, why).into_response();
    }
    next.run(request).await
}

impl Access {
    fn knows(&self, host: &str) -> bool {
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok();
        address
            || host.eq_ignore_ascii_case("localhost")
            || self.hosts.iter().any(|known| known.eq_ignore_ascii_case(host))
    }

    fn lets(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> bool {
        const PROXIED: [HeaderName; 2] =
            [HeaderName::from_static("forwarded"), HeaderName::from_static("x-forwarded-for")];

        // Who comes through a proxy of this machine comes from elsewhere.
        let local = peer.is_some_and(|peer| peer.to_canonical().is_loopback())
            && !PROXIED.iter().any(|name| headers.contains_key(name));
        local
            || self
                .token
                .as_deref()
                .is_some_and(|token| bearer(headers).is_some_and(|given| equal(given, token)))
    }
}

fn host(uri: &Uri, headers: &HeaderMap) -> Option<Authority> {
    let mut hosts = headers.get_all(HOST).iter();
    match (uri.authority(), hosts.next(), hosts.next()) {
        (Some(authority), ..) => Some(authority.clone()),
        (None, Some(host), None) => Authority::try_from(host.as_bytes()).ok(),
        _ => None,
    }
}

/// A browser names the origin in each request that can change something, and in others says whether it is the same.
fn same_origin(uri: &Uri, headers: &HeaderMap) -> bool {
    const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

    if headers.get(FETCH_SITE).is_some_and(|site| site != "same-origin" && site != "none") {
        return false;
    }
    let Some(origin) = headers.get(ORIGIN) else {
        return true;
    };
    // Which of the two it is may be up to a proxy before the sandbox.
    let origin = origin
        .to_str()
        .ok()
        .and_then(|origin| ["http://", "https://"].iter().find_map(|scheme| origin.strip_prefix(scheme)));
    let host = host(uri, headers);
    origin.zip(host.as_ref()).is_some_and(|(origin, host)| origin.eq_ignore_ascii_case(host.as_str()))
}

fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let value = headers.get(AUTHORIZATION)?.as_bytes();
    let (scheme, token) = value.split_at_checked("bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"bearer ").then_some(token)
}

/// The time that it takes tells nothing of where they differ.
fn equal(given: &[u8], token: &str) -> bool {
    let differences = given.iter().zip(token.as_bytes()).map(|(a, b)| a ^ b);
    given.len() == token.len() && differences.fold(0, |all, one| all | one) == 0
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access").field("hosts", &self.hosts).finish_non_exhaustive()
    }
}
