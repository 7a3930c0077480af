//! From request to answer: what is checked stands in `check.rs`, how an answer looks stands here.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use faceid_types::Text;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderValue};
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use serde::Serialize;

use super::check::{Pass, is_api};
use super::ids::Ids;
use super::problem::Problem;
use super::refusal::Refusal;
use crate::delivery::{Broken, Delivery};
use crate::fault::{Answer, Plan};
use crate::journal::{Arrived, Check, Entry, Unprinted, cut};
use crate::sandbox::Inner;
use crate::settings::ConcurrencyStatus;
use crate::space::{NoSpace, Space};
use crate::{Sandbox, VendorError};

/// The longest body of a request in bytes: far more than this API's one call can need.
pub(crate) const BODY_LIMIT: usize = 1024 * 1024;

/// What the journal says of the request, for whoever looks at the answer alone.
const HINT: &str = "x-faceid-sandbox-hint";

/// The fields that an answer can have, in the order of the vendor's example.
#[derive(Serialize)]
struct Body<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    biz_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_used: Option<u128>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
}

impl Sandbox {
    /// Answers a request, at a time that the caller says it is.
    ///
    /// Of the request's URI the path counts, and may begin with `/ns/NAME`: rules, journal and clock are then that
    /// namespace's own, which a POST to the API's path makes; any other request to one that there is not is the main
    /// space's. Where the request comes from is its extension of the type [`SocketAddr`](std::net::SocketAddr).
    /// A [fault](crate::Fault) that concerns the transport is not in the answer but beside it: see [`Delivery`]. A key
    /// with a [limit](crate::Key::concurrency) counts a request as in flight until the answer, or its extensions, are
    /// dropped.
    ///
    /// What is no call of the API is answered as a gateway would, with a plain text: 413 to a body of over 1 MiB, 503
    /// where there are 64 namespaces and the path names another.
    #[must_use]
    pub fn answer(&self, request: &Request<Vec<u8>>, now: SystemTime) -> Response<Vec<u8>> {
        self.answer_arrived(request, now, Arrived::now(now))
    }

    /// The same for one whose head came earlier.
    pub(crate) fn answer_arrived(
        &self,
        request: &Request<Vec<u8>>,
        now: SystemTime,
        arrived: Arrived,
    ) -> Response<Vec<u8>> {
        let path = request.uri().path();
        let inner = &*self.inner;
        let main = &inner.spaces.main;
        let entry = |space: &Space| {
            let time = UNIX_EPOCH + Duration::from_secs(space.time(now));
            Entry::new(time, arrived, request.method().clone(), path)
        };
        let may_make =
            |path: &str| request.method() == Method::POST && is_api(path) && !is_of_another_page(request);
        let (space, path) = match inner.spaces.of(path, may_make) {
            Ok(found) => found,
            Err(NoSpace::Name) => {
                let mut entry = entry(main);
                entry.failed = Some(Check::Path);
                return inner.refuse(
                    main,
                    &Refusal::new(VendorError::ApiNotFound, Problem::NamespaceName),
                    entry,
                );
            }
            Err(NoSpace::Full) => {
                let status = StatusCode::SERVICE_UNAVAILABLE;
                return inner.refuse_plain(main, status, &Problem::NamespacesFull, entry(main));
            }
        };
        let mut entry = entry(&space);
        if request.body().len() > BODY_LIMIT {
            return inner.refuse_plain(&space, StatusCode::PAYLOAD_TOO_LARGE, &Problem::BodyTooLong, entry);
        }
        match inner.check(&space, request, path, seconds(entry.time), &mut entry) {
            Ok(pass) => inner.respond(&space, pass, entry),
            Err(refusal) => inner.refuse(&space, &refusal, entry),
        }
    }

    /// What the listener answers where there is no whole request to check.
    pub(crate) fn refuse_plain(
        &self,
        head: &Parts,
        status: StatusCode,
        now: SystemTime,
        arrived: Arrived,
    ) -> Response<Vec<u8>> {
        let problem = match status {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::BodyTooLong,
            StatusCode::REQUEST_TIMEOUT => Problem::BodyTooLate,
            _ => Problem::BodyBreaksOff,
        };
        let (path, spaces) = (head.uri.path(), &self.inner.spaces);
        let space = spaces.of(path, |_| false).map_or_else(|_| Arc::clone(&spaces.main), |(space, _)| space);
        let time = UNIX_EPOCH + Duration::from_secs(space.time(now));
        let entry = Entry::new(time, arrived, head.method.clone(), path);
        self.inner.refuse_plain(&space, status, &problem, entry)
    }
}

impl Inner {
    /// To a request that is right: a token, or what is to happen in its place.
    fn respond(&self, space: &Space, pass: Pass, mut entry: Entry) -> Response<Vec<u8>> {
        let Pass { plan: Plan { answer, delivery, happened, .. }, place, is_demo } = pass;
        entry.delivery = delivery;
        (entry.fault, entry.fault_by) = happened.unzip();
        let mut response = match answer {
            _ if delivery.broken == Some(Broken::Reset) => {
                self.finish(space, StatusCode::OK, "text/plain", Vec::new(), entry)
            }
            Some(Answer::Error(error)) => self.fail(space, &error, entry),
            Some(Answer::Html(status)) => {
                self.finish(space, status, "text/html", gateway_page(status), entry)
            }
            None => self.grant(space, is_demo, entry),
        };
        if delivery.broken == Some(Broken::Truncated) {
            let whole = response.body().len();
            response.headers_mut().insert(CONTENT_LENGTH, whole.into());
            response.body_mut().truncate(whole / 2);
        }
        if delivery != Delivery::default() {
            response.extensions_mut().insert(delivery);
        }
        response.extensions_mut().insert(place);
        response
    }

    fn grant(&self, space: &Space, is_demo: bool, mut entry: Entry) -> Response<Vec<u8>> {
        let now = seconds(entry.time);
        let (biz_token, request_id) = (self.ids.token(now, &space.draws), Ids::request_id(now, &space.draws));
        let body = json(&Body {
            biz_token: Some(&biz_token),
            error: None,
            time_used: Some(entry.delivery.delay.as_millis()),
            request_id: Some(&request_id),
        });
        entry.request_id = Some(request_id.into());
        entry.biz_token = is_demo.then(|| Unprinted::new(biz_token));
        self.finish(space, StatusCode::OK, JSON, body, entry)
    }

    fn refuse(&self, space: &Space, refusal: &Refusal, mut entry: Entry) -> Response<Vec<u8>> {
        entry.problem = Some(Text::from(refusal.problem.to_string()));
        self.fail(space, &refusal.error, entry)
    }

    fn fail(&self, space: &Space, error: &VendorError, mut entry: Entry) -> Response<Vec<u8>> {
        let now = seconds(entry.time);
        let status = match error {
            VendorError::MissingArguments(_) | VendorError::BadArguments(_) => StatusCode::BAD_REQUEST,
            VendorError::AuthenticationError | VendorError::AuthorizationError(_) => StatusCode::FORBIDDEN,
            VendorError::ConcurrencyLimitExceeded => match self.settings.concurrency_status {
                ConcurrencyStatus::Forbidden => StatusCode::FORBIDDEN,
                ConcurrencyStatus::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            },
            VendorError::ApiNotFound => StatusCode::NOT_FOUND,
            VendorError::InternalError => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let text = error.to_string();
        let request_id = self.settings.request_id_on_errors.then(|| Ids::request_id(now, &space.draws));
        let body = json(&Body {
            biz_token: None,
            error: Some(&text),
            time_used: self.settings.time_used_on_errors.then_some(0),
            request_id: request_id.as_deref(),
        });
        entry.error = Some(cut(&text, 256));
        entry.request_id = request_id.map(Into::into);
        self.finish(space, status, JSON, body, entry)
    }

    fn refuse_plain(
        &self,
        space: &Space,
        status: StatusCode,
        problem: &Problem,
        mut entry: Entry,
    ) -> Response<Vec<u8>> {
        let text = status.canonical_reason().unwrap_or_default();
        entry.problem = Some(Text::from(problem.to_string()));
        self.finish(space, status, "text/plain", text.into(), entry)
    }

    /// Puts head and body together, and the request into the journal.
    fn finish(
        &self,
        space: &Space,
        status: StatusCode,
        content_type: &'static str,
        body: Vec<u8>,
        mut entry: Entry,
    ) -> Response<Vec<u8>> {
        let broken = entry.delivery.broken;
        entry.status = (broken != Some(Broken::Reset)).then_some(status.as_u16());
        entry.stop_watch(if broken == Some(Broken::Truncated) { body.len() / 2 } else { body.len() });
        let date = httpdate::fmt_http_date(entry.time);
        // First what happened on request: that is no fault of the client's, and it should not look for one.
        let by = entry.fault.as_ref().zip(entry.fault_by);
        let on_request = by.map(|(fault, by)| format!("on request, by {}: {fault}", by.name()));
        let hint = match (on_request, &entry.problem) {
            (Some(on_request), Some(problem)) => Some(format!("{on_request}; {problem}")),
            (on_request, problem) => on_request.or(problem.as_ref().map(ToString::to_string)),
        };
        let hint = hint.filter(|_| self.settings.hint_header);
        let hint = hint.and_then(|hint| HeaderValue::try_from(in_ascii(&hint)).ok());
        space.record(entry);

        let mut response = Response::new(body);
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        if let Ok(date) = HeaderValue::try_from(date) {
            headers.insert(DATE, date);
        }
        if let Some(hint) = hint {
            headers.insert(HINT, hint);
        }
        response
    }
}

const JSON: &str = "application/json";

/// Whether a browser says that it is of a page that is none of this server's.
fn is_of_another_page<T>(request: &Request<T>) -> bool {
    let site = request.headers().get("sec-fetch-site");
    site.is_some_and(|site| site != "same-origin" && site != "none")
}

/// Readers of a header disagree on what is beyond ASCII.
fn in_ascii(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut ascii, character| {
        if character.is_ascii() {
            ascii.push(character);
        } else {
            ascii.extend(character.escape_unicode());
        }
        ascii
    })
}

/// A gateway's page, as real ones look.
fn gateway_page(status: StatusCode) -> Vec<u8> {
    let title = format!("{} {}", status.as_u16(), status.canonical_reason().unwrap_or("Error"));
    let page = [
        "<html>",
        &format!("<head><title>{title}</title></head>"),
        "<body>",
        &format!("<center><h1>{title}</h1></center>"),
        "<hr><center>sandbox</center>",
        "</body>",
        "</html>\r\n",
    ];
    page.join("\r\n").into_bytes()
}

/// UNIX time in seconds.
fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

fn json(body: &Body<'_>) -> Vec<u8> {
    serde_json::to_vec(body).expect("texts and numbers always serialize")
}
