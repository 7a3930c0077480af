//! From request to answer: what is checked stands in `check.rs`, how an answer looks stands here.

use std::borrow::Cow;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use faceid_types::Text;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderValue};
use http::{Request, Response, StatusCode};
use serde::Serialize;

use crate::check::Pass;
use crate::delivery::{Broken, Delivery};
use crate::fault::{Answer, Plan};
use crate::journal::Entry;
use crate::sandbox::Inner;
use crate::settings::ConcurrencyStatus;
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
    /// Of the request's URI the path alone counts. A [fault](crate::Fault) that concerns the transport is not in the
    /// answer but beside it: see [`Delivery`]. A key with a [limit](crate::Key::concurrency) counts a request as in
    /// flight until the answer, or its extensions, are dropped.
    ///
    /// What is no call of the API is answered as a gateway would: 413 with a plain text for a body of over 1 MiB.
    #[must_use]
    pub fn answer(&self, request: &Request<Vec<u8>>, now: SystemTime) -> Response<Vec<u8>> {
        let now = self.inner.clock(now);
        if request.body().len() > BODY_LIMIT {
            return self.inner.refuse_plain(StatusCode::PAYLOAD_TOO_LARGE, now);
        }
        let mut entry = Entry::new(UNIX_EPOCH + Duration::from_secs(now));
        match self.inner.check(request, now, &mut entry) {
            Ok(pass) => self.inner.respond(pass, entry),
            Err(refusal) => {
                entry.problem = Some(Text::from(refusal.problem));
                self.inner.fail(&refusal.error, entry)
            }
        }
    }

    /// What the listener answers where there is no whole request to check.
    pub(crate) fn refuse_plain(&self, status: StatusCode, now: SystemTime) -> Response<Vec<u8>> {
        self.inner.refuse_plain(status, self.inner.clock(now))
    }
}

impl Inner {
    /// To a request that is right: a token, or what is to happen in its place.
    fn respond(&self, pass: Pass, mut entry: Entry) -> Response<Vec<u8>> {
        let Pass { plan: Plan { answer, delivery, .. }, place } = pass;
        entry.delivery = delivery;
        let mut response = match answer {
            _ if delivery.broken == Some(Broken::Reset) => {
                self.finish(StatusCode::OK, "text/plain", Vec::new(), entry)
            }
            Some(Answer::Error(error)) => self.fail(&error, entry),
            Some(Answer::Html(status)) => self.finish(status, "text/html", gateway_page(status), entry),
            None => self.grant(entry),
        };
        if delivery.broken == Some(Broken::Truncated) {
            let whole = response.body().len();
            response.headers_mut().insert(CONTENT_LENGTH, whole.into());
            response.body_mut().truncate(whole / 2);
        }
        if delivery != Delivery::default() {
            response.extensions_mut().insert(delivery);
        }
        if let Some(place) = place {
            response.extensions_mut().insert(place);
        }
        response
    }

    fn grant(&self, mut entry: Entry) -> Response<Vec<u8>> {
        let now = seconds(entry.time);
        let (biz_token, request_id) = (self.ids.token(now), self.ids.request_id(now));
        let body = json(&Body {
            biz_token: Some(&biz_token),
            error: None,
            time_used: Some(entry.delivery.delay.as_millis()),
            request_id: Some(&request_id),
        });
        entry.request_id = Some(request_id.into());
        self.finish(StatusCode::OK, JSON, body, entry)
    }

    fn fail(&self, error: &VendorError, mut entry: Entry) -> Response<Vec<u8>> {
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
        let request_id = self.settings.request_id_on_errors.then(|| self.ids.request_id(now));
        let body = json(&Body {
            biz_token: None,
            error: Some(&text),
            time_used: self.settings.time_used_on_errors.then_some(0),
            request_id: request_id.as_deref(),
        });
        entry.error = Some(text.into());
        entry.request_id = request_id.map(Into::into);
        self.finish(status, JSON, body, entry)
    }

    fn refuse_plain(&self, status: StatusCode, now: u64) -> Response<Vec<u8>> {
        let mut entry = Entry::new(UNIX_EPOCH + Duration::from_secs(now));
        let problem: Cow<'static, str> = match status {
            StatusCode::PAYLOAD_TOO_LARGE => "the body is longer than 1 MiB".into(),
            StatusCode::REQUEST_TIMEOUT => "the body did not come within 10 s".into(),
            _ => "the body did not come whole".into(),
        };
        let text = status.canonical_reason().unwrap_or_default();
        entry.problem = Some(Text::from(problem));
        self.finish(status, "text/plain", text.into(), entry)
    }

    /// Puts head and body together, and the request into the journal.
    fn finish(
        &self,
        status: StatusCode,
        content_type: &'static str,
        body: Vec<u8>,
        mut entry: Entry,
    ) -> Response<Vec<u8>> {
        let reset = entry.delivery.broken == Some(Broken::Reset);
        entry.status = (!reset).then_some(status.as_u16());
        let date = httpdate::fmt_http_date(entry.time);
        let hint = entry.problem.as_deref().filter(|_| self.settings.hint_header);
        let hint = hint.and_then(|hint| HeaderValue::try_from(hint).ok());
        self.journal.push(entry);

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
