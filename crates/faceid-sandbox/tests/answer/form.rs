//! Requests by hand, right and wrong.

use faceid_sandbox::{DEMO_API_KEY, demo_credentials};
use faceid_sign::{Nonce, Stamp, Validity};
use http::{Method, Request};

/// The time that these tests play at.
pub(crate) const NOW: u64 = 1_700_000_000;

/// A sign of the demo key, made at NOW plus `age`.
pub(crate) fn sign(age: i64, validity: u32, nonce: &str) -> String {
    let stamp = Stamp::new(NOW.saturating_add_signed(age), Nonce::new(nonce).unwrap());
    let validity = Validity::seconds(validity).unwrap_or(Validity::Once);
    demo_credentials().sign(&stamp, validity).unwrap().expose().to_owned()
}

/// A request that is right, to be changed.
#[derive(Clone)]
pub(crate) struct Form {
    pub(crate) method: Method,
    pub(crate) target: String,
    pub(crate) content_type: Option<String>,
    pub(crate) content_encoding: Option<&'static str>,
    /// Name and what may follow it in the header, value.
    pub(crate) fields: Vec<(String, Vec<u8>)>,
    /// In place of the form.
    pub(crate) body: Option<Vec<u8>>,
}

pub(crate) fn form() -> Form {
    let form = Form {
        method: Method::POST,
        target: "/faceid/v5/sdk/get_biz_token".to_owned(),
        content_type: Some("multipart/form-data; boundary=B".to_owned()),
        content_encoding: None,
        fields: Vec::new(),
        body: None,
    };
    form.with("sign", sign(0, 100, "1")).with("sign_version", "hmac_sha1").with("liveness_id", "scene")
}

impl Form {
    /// Sets a field, or adds it.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        let value = value.into();
        match self.fields.iter_mut().find(|(taken, _)| taken == name) {
            Some(field) => field.1 = value,
            None => self.fields.push((name.to_owned(), value)),
        }
        self
    }

    pub(crate) fn and(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.fields.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(taken, _)| taken != name);
        self
    }

    pub(crate) fn sent_as_file(mut self, name: &str) -> Self {
        for field in self.fields.iter_mut().filter(|(taken, _)| taken == name) {
            field.0 = format!("{name}\"; filename=\"{name}");
        }
        self
    }

    pub(crate) fn target(self, target: &str) -> Self {
        Self { target: target.to_owned(), ..self }
    }

    pub(crate) fn method(self, method: Method) -> Self {
        Self { method, ..self }
    }

    pub(crate) fn content_type(self, content_type: &str) -> Self {
        Self { content_type: Some(content_type.to_owned()).filter(|text| !text.is_empty()), ..self }
    }

    pub(crate) fn encoded(self, encoding: &'static str) -> Self {
        Self { content_encoding: Some(encoding), ..self }
    }

    pub(crate) fn body(self, body: impl Into<Vec<u8>>) -> Self {
        Self { body: Some(body.into()), ..self }
    }

    pub(crate) fn request(&self) -> Request<Vec<u8>> {
        let body = self.body.clone().unwrap_or_else(|| {
            let mut body = Vec::new();
            for (name, value) in &self.fields {
                body.extend(
                    format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n").bytes(),
                );
                body.extend(value);
                body.extend(b"\r\n");
            }
            body.extend(b"--B--\r\n");
            body
        });
        let mut request = Request::builder().method(self.method.clone()).uri(&self.target);
        if let Some(content_type) = &self.content_type {
            request = request.header("content-type", content_type);
        }
        if let Some(encoding) = self.content_encoding {
            request = request.header("content-encoding", encoding);
        }
        request.body(body).unwrap()
    }
}

/// The demo key's part of the signed text, for signs of another shape.
pub(crate) fn raw(rest: &str) -> String {
    format!("a={DEMO_API_KEY}&{rest}")
}
