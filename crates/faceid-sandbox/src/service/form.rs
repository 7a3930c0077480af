//! The form of a request: which fields it has, and whether they are the ones that are wanted.

use faceid_types::Text;
use http::header::{self, HeaderMap};

use super::header_params::Value;
use super::multipart::{self, Part};
use super::problem::Problem;
use super::refusal::Refusal;
use crate::journal::{Field, cut, cut_whole};
use crate::{Settings, VendorError};

/// The fields of `get_biz_token`, as sent.
#[derive(Debug)]
pub(crate) struct Fields<'a> {
    pub(crate) sign: &'a [u8],
    pub(crate) sign_version: &'a [u8],
    /// It is asked for once it is known who asks.
    pub(crate) liveness_id: Result<&'a [u8], Refusal>,
    pub(crate) uuid: Option<&'a [u8]>,
    /// The first field that the vendor's page does not list.
    pub(crate) unknown: Option<String>,
    /// The first field that stands in the URL as well.
    pub(crate) in_query: Option<&'static str>,
    /// Whether a header says that the body is encoded, which it is not.
    pub(crate) is_encoded: bool,
}

const REQUIRED: [&str; 3] = ["sign", "sign_version", "liveness_id"];

/// A form that reads, whatever is in it.
pub(crate) struct Form<'a> {
    parts: Vec<Part<'a>>,
    query: &'a str,
    is_encoded: bool,
}

impl<'a> Form<'a> {
    pub(crate) fn read(request: &'a http::Request<Vec<u8>>, settings: &Settings) -> Result<Self, Refusal> {
        let query = request.uri().query().unwrap_or_default();
        let is_encoded = request
            .headers()
            .get_all(header::CONTENT_ENCODING)
            .iter()
            .any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"));
        let no_form = |problem| {
            let problem = if is_encoded { Problem::Encoded } else { problem };
            // Who sends the fields in the URL has no form to send.
            let problem = in_query(query).map_or(problem, Problem::InQuery);
            Refusal::new(settings.answers.no_form.clone(), problem)
        };
        let boundary = boundary(request.headers()).map_err(no_form)?;
        let body = request.body();
        let parts = multipart::read(body, &boundary)
            .map_err(|error| no_form(other_kind(body).map_or(Problem::Form(error), Problem::OverAnother)))?;
        Ok(Self { parts, query, is_encoded })
    }

    /// What [`shown`](Self::shown) does not tell of.
    pub(crate) fn not_shown(&self) -> impl Iterator<Item = &'static str> {
        let file_name = self.parts.iter().any(|part| part.is_file).then_some("file_name");
        file_name.into_iter().chain(self.is_encoded.then_some("content_encoding"))
    }

    /// For the journal: whole, or without what is secret or personal.
    pub(crate) fn shown(&self, whole: bool) -> Vec<Field> {
        let cut_of = |name: &str| match name {
            // A sign of another key may stand in any other field.
            "sign" => whole.then_some(cut_whole as fn(&str, usize) -> Text),
            "sign_version" | "liveness_id" => Some(cut as _),
            _ => whole.then_some(cut as _),
        };
        let mut room = Field::LONGEST_OF_ALL;
        self.parts
            .iter()
            .map(|part| Field::new(&part.name, part.value, cut_of(&part.name), &mut room))
            .collect()
    }

    /// All values that are sent by that name.
    pub(crate) fn values(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.parts.iter().filter(move |part| part.name == name).map(|part| part.value)
    }

    /// That each field is there once is checked.
    pub(crate) fn fields(&self) -> Result<Fields<'a>, Refusal> {
        let fields = Fields {
            sign: self.required("sign")?,
            sign_version: self.required("sign_version")?,
            liveness_id: self.required("liveness_id"),
            uuid: one(&self.parts, "uuid")?,
            unknown: self.unknown().next().map(str::to_owned),
            in_query: in_query(self.query).or_else(|| has_pair(self.query, "uuid").then_some("uuid")),
            is_encoded: self.is_encoded,
        };
        match self.unknown().find(|name| self.unknown().filter(|other| other == name).count() > 1) {
            None => Ok(fields),
            Some(name) => {
                let problem = Problem::MoreThanOnce(String::from(&*cut(name, 64)));
                Err(Refusal::new(VendorError::BadArguments(name.to_owned().into()), problem))
            }
        }
    }

    /// The names that the vendor's page does not list.
    fn unknown(&self) -> impl Iterator<Item = &str> {
        let names = self.parts.iter().map(|part| &*part.name);
        names.filter(|name| !REQUIRED.contains(name) && *name != "uuid")
    }

    fn required(&self, key: &'static str) -> Result<&'a [u8], Refusal> {
        one(&self.parts, key)?.ok_or_else(|| {
            let problem =
                if has_pair(self.query, key) { Problem::InQuery(key) } else { Problem::NoField(key) };
            Refusal::new(VendorError::missing(key), problem)
        })
    }
}

/// A field that is there once, as a text.
fn one<'a>(parts: &[Part<'a>], key: &'static str) -> Result<Option<&'a [u8]>, Refusal> {
    let bad = |problem| Refusal::new(VendorError::bad(key), problem);
    let mut found = parts.iter().filter(|part| part.name == key);
    let Some(part) = found.next() else {
        return Ok(None);
    };
    if found.next().is_some() {
        Err(bad(Problem::MoreThanOnce(key.to_owned())))
    } else if part.is_file {
        Err(bad(Problem::AsFile(key)))
    } else {
        Ok(Some(part.value))
    }
}

/// The first wanted field that a URL's query has.
fn in_query(query: &str) -> Option<&'static str> {
    REQUIRED.into_iter().find(|key| has_pair(query, key))
}

/// Whether a urlencoded text has a field.
fn has_pair(text: &str, key: &str) -> bool {
    text.split('&').any(|pair| pair.split('=').next() == Some(key))
}

/// What a body is that is no multipart form, if that can be seen.
fn other_kind(body: &[u8]) -> Option<&'static str> {
    let text = std::str::from_utf8(body).ok()?;
    if REQUIRED.into_iter().any(|key| has_pair(text, key)) {
        Some("urlencoded")
    } else {
        text.trim_start().starts_with('{').then_some("JSON")
    }
}

/// The boundary that the header names.
fn boundary(headers: &HeaderMap) -> Result<Vec<u8>, Problem> {
    const LONGEST: usize = 70;

    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(value), None) = (types.next(), types.next()) else {
        return Err(Problem::NoContentType);
    };
    let value = Value::read(value.as_bytes()).ok_or(Problem::ContentType)?;
    if !value.first.eq_ignore_ascii_case(b"multipart/form-data") {
        let sent = match value.first.to_ascii_lowercase().as_slice() {
            b"application/json" => "JSON",
            b"application/x-www-form-urlencoded" => "urlencoded",
            _ => "of another type",
        };
        return Err(Problem::NotMultipart(sent));
    }
    match value.param("boundary") {
        None => Err(Problem::NoBoundary),
        Some(boundary) if boundary.is_empty() || boundary.len() > LONGEST => Err(Problem::Boundary),
        Some(boundary) => Ok(boundary.to_vec()),
    }
}
