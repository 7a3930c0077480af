//! The form of a request, and the one writer that turns it into a multipart body.
//!
//! The body is built in one buffer of the right size, the same from every transport.

use std::borrow::Cow;
use std::fmt;

use http::HeaderValue;
use memchr::memchr_iter;
use rand::TryRng as _;

/// The fields of a request, in order.
///
/// An [`Endpoint`](crate::Endpoint) fills it; `sign` and `sign_version` are sent before them. Values are borrowed where
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

    /// The values that are text, with their fields' names.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.parts.iter().filter_map(|part| Some((part.name, std::str::from_utf8(&part.value).ok()?)))
    }

    /// Leaves what nothing shown may repeat.
    pub(crate) fn keep_personal(&mut self) {
        self.parts.retain(|part| part.personal);
    }

    /// The usual boundary, or another one where a value or a file's name holds that.
    pub(crate) fn boundary(
        &self,
        usual: &Boundary,
        mut draw: impl FnMut() -> Option<Boundary>,
    ) -> Option<Boundary> {
        let mut boundary = usual.clone();
        while self.parts.iter().any(|part| part.holds(&boundary)) {
            boundary = draw()?;
        }
        Some(boundary)
    }

    /// The body: the sign, and then the fields.
    pub(crate) fn encode(&self, sign: &str, boundary: &Boundary) -> Vec<u8> {
        let signed = [("sign", sign), ("sign_version", "hmac_sha1")].map(|(name, value)| Part {
            name,
            file: None,
            value: value.as_bytes().into(),
            personal: false,
        });
        let boundary = boundary.as_bytes();
        let write = |take: &mut dyn FnMut(&[u8])| {
            for part in signed.iter().chain(&self.parts) {
                part.write(boundary, take);
            }
            [b"--", boundary, b"--\r\n"].into_iter().for_each(take);
        };
        let mut len = 0;
        write(&mut |piece| len += piece.len());
        let mut body = Vec::with_capacity(len);
        write(&mut |piece| body.extend_from_slice(piece));
        body
    }
}

/// What stands between the parts of a form, as the value of `Content-Type` that names it.
///
/// It is drawn once a client, so that nobody who chooses a value can know it. A form that holds it all the same is sent
/// with another one.
#[derive(Clone)]
pub(crate) struct Boundary(HeaderValue);

impl Boundary {
    const CONTENT_TYPE: &'static str = "multipart/form-data; boundary=";
    const NAME: &'static str = "faceid-";

    /// `None` where the operating system's random source fails.
    pub(crate) fn draw() -> Option<Self> {
        let mut drawn = [0; 16];
        rand::rngs::SysRng.try_fill_bytes(&mut drawn).ok()?;
        Self::new(drawn)
    }

    fn new(drawn: [u8; 16]) -> Option<Self> {
        let text = format!("{}{}{:032x}", Self::CONTENT_TYPE, Self::NAME, u128::from_be_bytes(drawn));
        HeaderValue::try_from(text).ok().map(Self)
    }

    pub(crate) fn content_type(self) -> HeaderValue {
        self.0
    }

    fn as_bytes(&self) -> &[u8] {
        &self.0.as_bytes()[Self::CONTENT_TYPE.len()..]
    }

    /// Its hyphen is rare in a value. To prepare a search for the whole of it takes longer than most searches.
    fn is_in(&self, value: &[u8]) -> bool {
        let before = Self::NAME.len() - 1;
        memchr_iter(b'-', value)
            .any(|hyphen| hyphen >= before && value[hyphen - before..].starts_with(self.as_bytes()))
    }
}

/// Whoever knew it could choose a value that ends a part.
impl fmt::Debug for Boundary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Boundary").finish_non_exhaustive()
    }
}

impl Part<'_> {
    /// In what is not the program's own.
    fn holds(&self, boundary: &Boundary) -> bool {
        boundary.is_in(&self.value)
            || self.file.as_ref().is_some_and(|file| boundary.is_in(file.name.as_bytes()))
    }

    /// Gives what stands in the body for it, piece by piece.
    fn write(&self, boundary: &[u8], take: &mut dyn FnMut(&[u8])) {
        let disposition = b"\r\nContent-Disposition: form-data; name=\"";
        [b"--", boundary, disposition, escape(self.name).as_bytes()].into_iter().for_each(&mut *take);
        if let Some(file) = &self.file {
            let name = escape(&file.name);
            [b"\"; filename=\"", name.as_bytes(), b"\"\r\nContent-Type: ", file.content_type.as_bytes()]
                .into_iter()
                .for_each(&mut *take);
        } else {
            take(b"\"");
        }
        [b"\r\n\r\n", &*self.value, b"\r\n"].into_iter().for_each(take);
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
    if name.bytes().any(|byte| matches!(byte, b'"' | b'\r' | b'\n')) {
        name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A").into()
    } else {
        name.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_that_occurs_in_a_form_is_drawn_again() {
        let text = |number: u128| format!("faceid-{number:032x}");
        let drawn = |number: u128| Boundary::new(number.to_be_bytes());
        let boundary = |form: &Form<'_>| {
            let mut numbers = [7, 8].into_iter();
            let usual = drawn(7).expect("a boundary");
            form.boundary(&usual, || drawn(numbers.next()?)).expect("enough draws")
        };
        let cases = [
            (String::new(), 7),
            ("x".into(), 7),
            ("-".into(), 7),
            ("faceid-".into(), 7),
            (text(6), 7),
            (text(7)[1..].into(), 7),
            (text(7), 8),
            (format!("{} x", text(7)), 8),
            (format!("- faceid-x {}", text(7)), 8),
        ];
        for (value, expected) in cases {
            let [mut as_text, mut as_file, mut as_name] = [(); 3].map(|()| Form::default());
            as_text.text("liveness_id", &value);
            as_file.file("image", "1.jpg", "image/jpeg", value.as_bytes());
            as_name.file("image", &value, "image/jpeg", &[0xFF][..]);
            for form in [as_text, as_file, as_name] {
                assert_eq!(boundary(&form).as_bytes(), text(expected).as_bytes(), "{value}");
            }
        }
    }

    #[test]
    fn a_boundary_is_not_shown() {
        let boundary = Boundary::new([0xAB; 16]).expect("a boundary");
        assert!(!format!("{boundary:?}").contains("abab"));
    }

    #[test]
    fn one_buffer_of_the_right_size() {
        let mut form = Form::default();
        form.text("liveness_id", "fake-scene").file("image", "\"1\".jpg", "image/jpeg", &[0xFF; 1000][..]);
        let body = form.encode("fake-sign", &Boundary::new([7; 16]).expect("a boundary"));
        assert_eq!(body.len(), body.capacity());
    }
}
