//! The form of a request, and the one writer that turns it into a multipart body.
//!
//! The body is built in one buffer of the right size, the same from every transport.

use std::borrow::Cow;
use std::fmt;

use memchr::memmem;

/// The fields of a request, in order.
///
/// An [`Endpoint`](crate::Endpoint) fills it; `sign` and `sign_version` stand in it already. Values are borrowed where
/// they can be, so a photo is copied once, into the body.
#[derive(Default)]
pub struct Form<'a> {
    parts: Vec<Part<'a>>,
}

struct Part<'a> {
    name: &'static str,
    file: Option<File<'a>>,
    value: Cow<'a, [u8]>,
    personal: bool,
}

struct File<'a> {
    name: Cow<'a, str>,
    content_type: &'static str,
}

impl<'a> Form<'a> {
    /// A field of text.
    pub fn text(&mut self, name: &'static str, value: impl Into<Cow<'a, str>>) -> &mut Self {
        self.push(name, None, into_bytes(value.into()), false)
    }

    /// A field of text about a person, or one that gives access: it is replaced where a server's error text repeats it.
    pub fn personal(&mut self, name: &'static str, value: impl Into<Cow<'a, str>>) -> &mut Self {
        self.push(name, None, into_bytes(value.into()), true)
    }

    /// A field with a file, such as a photo.
    pub fn file(
        &mut self,
        name: &'static str,
        file_name: impl Into<Cow<'a, str>>,
        content_type: &'static str,
        content: impl Into<Cow<'a, [u8]>>,
    ) -> &mut Self {
        self.push(name, Some(File { name: file_name.into(), content_type }), content.into(), false)
    }

    fn push(
        &mut self,
        name: &'static str,
        file: Option<File<'a>>,
        value: Cow<'a, [u8]>,
        personal: bool,
    ) -> &mut Self {
        self.parts.push(Part { name, file, value, personal });
        self
    }

    /// The fields so far, in order: name, file name if it is a file, and value. For your own tests of an endpoint.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, Option<&str>, &[u8])> {
        self.parts.iter().map(|part| (part.name, part.file.as_ref().map(|file| &*file.name), &*part.value))
    }

    /// Texts that nothing shown may repeat, with their fields' names.
    pub(crate) fn personal_values(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let text = |part: &'_ Part<'a>| part.personal.then_some(part.name);
        self.parts.iter().filter_map(move |part| Some((text(part)?, std::str::from_utf8(&part.value).ok()?)))
    }

    /// The body, and the boundary that its parts stand between.
    ///
    /// `draw` gives 16 random bytes: nobody who chooses a value can know the boundary, and one that occurs in a value
    /// all the same is drawn again.
    pub(crate) fn encode<R>(&self, mut draw: impl FnMut() -> Result<[u8; 16], R>) -> Result<Encoded, R> {
        let boundary = loop {
            let boundary = format!("faceid-{:032x}", u128::from_be_bytes(draw()?));
            let finder = memmem::Finder::new(&boundary);
            if self.parts.iter().all(|part| finder.find(&part.value).is_none()) {
                break boundary;
            }
        };
        let heads: Vec<String> = self.parts.iter().map(|part| part.head(&boundary)).collect();
        let parts = heads.iter().zip(&self.parts);
        let len: usize = parts.clone().map(|(head, part)| head.len() + part.value.len() + 2).sum();
        let mut body = Vec::with_capacity(len + boundary.len() + 6);
        for (head, part) in parts {
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(&part.value);
            body.extend_from_slice(b"\r\n");
        }
        for piece in ["--", &boundary, "--\r\n"] {
            body.extend_from_slice(piece.as_bytes());
        }
        Ok(Encoded { body, boundary })
    }
}

pub(crate) struct Encoded {
    pub(crate) body: Vec<u8>,
    pub(crate) boundary: String,
}

impl Part<'_> {
    fn head(&self, boundary: &str) -> String {
        let name = escape(self.name);
        match &self.file {
            None => format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n"),
            Some(file) => format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{}\"\r\n\
                 Content-Type: {}\r\n\r\n",
                escape(&file.name),
                file.content_type,
            ),
        }
    }
}

impl fmt::Debug for Form<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |part: &Part<'_>| (part.name, format!("{} bytes", part.value.len()));
        f.debug_map().entries(self.parts.iter().map(shown)).finish()
    }
}

fn into_bytes(text: Cow<'_, str>) -> Cow<'_, [u8]> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}

/// As browsers do: a quote or a line end in a name would end the name. Any other control character stands within the quotes
/// as it is, since the standard knows no escape for it that a reader would undo. [HTML, multipart/form-data encoding]
fn escape(name: &str) -> Cow<'_, str> {
    if name.contains(['"', '\r', '\n']) {
        name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A").into()
    } else {
        name.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_that_occurs_in_a_value_is_drawn_again() {
        let taken = format!("x faceid-{:032x} x", 7);
        let mut form = Form::default();
        form.text("liveness_id", taken.as_str());
        let mut draws = [7_u128, 7, 8].into_iter();
        let encoded =
            form.encode(|| draws.next().map(u128::to_be_bytes).ok_or(())).unwrap_or_else(|()| panic!());
        assert_eq!(encoded.boundary, format!("faceid-{:032x}", 8));
        assert_eq!(encoded.body.len(), encoded.body.capacity(), "one buffer of the right size");
    }
}
