//! A strict reader of multipart/form-data: bytes in, parts out. [RFC 7578, RFC 2046 section 5.1]
//!
//! What the RFCs let a sender do and no sender of forms does is refused: text before the first boundary or after the
//! last, blanks after a boundary, folded headers, an encoding of the content.

use std::borrow::Cow;

use super::header_params::{Value, token};

/// One part of a form.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part<'a> {
    pub(crate) name: Cow<'a, str>,
    /// Whether it was sent with a file name, which makes it a file.
    pub(crate) is_file: bool,
    pub(crate) value: &'a [u8],
}

/// More than any request of the service has.
const MOST_PARTS: usize = 16;
/// The longest head of a part in bytes.
const LONGEST_HEAD: usize = 4 * 1024;

/// Why a body does not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error("the body does not begin with the boundary that its header names")]
    Start,
    #[error("a line of the body begins with the boundary and goes on")]
    Boundary,
    #[error("the body breaks off: its last boundary is missing")]
    BreaksOff,
    #[error("something follows the last boundary")]
    Trailing,
    #[error("the body has more than 16 parts")]
    TooManyParts,
    #[error("the head of a part is longer than 4 KiB")]
    LongHead,
    #[error("the head of a part has a line that is no header")]
    Header,
    #[error("a part has no Content-Disposition: form-data with a name, or more than one")]
    Disposition,
    #[error("a part is encoded for transfer: its bytes are wanted as they are")]
    Encoded,
}

#[cfg(test)]
impl Unreadable {
    pub(crate) const ALL: [Self; 9] = [
        Self::Start,
        Self::Boundary,
        Self::BreaksOff,
        Self::Trailing,
        Self::TooManyParts,
        Self::LongHead,
        Self::Header,
        Self::Disposition,
        Self::Encoded,
    ];
}

pub(crate) fn read<'a>(body: &'a [u8], boundary: &[u8]) -> Result<Vec<Part<'a>>, Unreadable> {
    let delimiter = [b"\r\n--", boundary].concat();
    let mut parts = Vec::with_capacity(4);
    // The first boundary has no line end before it.
    let mut rest = body.strip_prefix(&delimiter[2..]).ok_or(Unreadable::Start)?;
    loop {
        if let Some(after) = rest.strip_prefix(b"--") {
            return match after {
                b"" | b"\r\n" => Ok(parts),
                _ => Err(Unreadable::Trailing),
            };
        }
        if rest.len() < 2 {
            return Err(Unreadable::BreaksOff);
        }
        let part = rest.strip_prefix(b"\r\n").ok_or(Unreadable::Boundary)?;
        if parts.len() == MOST_PARTS {
            return Err(Unreadable::TooManyParts);
        }
        let (head, content) = read_head(part)?;
        let end = find_delimiter(content, &delimiter).ok_or(Unreadable::BreaksOff)?;
        parts.push(Part { name: head.name, is_file: head.is_file, value: &content[..end] });
        rest = &content[end + delimiter.len()..];
    }
}

struct Head<'a> {
    name: Cow<'a, str>,
    is_file: bool,
}

/// The headers up to the blank line, and what follows it.
fn read_head(part: &[u8]) -> Result<(Head<'_>, &[u8]), Unreadable> {
    let mut head = None;
    let mut rest = part;
    loop {
        let room = LONGEST_HEAD - (part.len() - rest.len());
        let within = &rest[..rest.len().min(room)];
        let end = match within.windows(2).position(|pair| pair == b"\r\n") {
            Some(end) => end,
            None if rest.len() > room => return Err(Unreadable::LongHead),
            None => return Err(Unreadable::BreaksOff),
        };
        let line = &rest[..end];
        rest = &rest[end + 2..];
        if line.is_empty() {
            return Ok((head.ok_or(Unreadable::Disposition)?, rest));
        }
        let colon = line.iter().position(|byte| *byte == b':');
        let (name, value) = line.split_at(colon.ok_or(Unreadable::Header)?);
        // Before blanks are trimmed, for a line end alone is taken for one.
        let is_text = !value.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t');
        let value = value[1..].trim_ascii();
        // A blank in a name is a folded line, or a line end that is none.
        let is_name = token(name).is_some_and(|(_, after)| after.is_empty());
        if !is_name || !is_text || value.contains(&b'\t') {
            return Err(Unreadable::Header);
        }
        if name.eq_ignore_ascii_case(b"content-disposition") {
            let found = disposition(value).ok_or(Unreadable::Disposition)?;
            if head.replace(found).is_some() {
                return Err(Unreadable::Disposition);
            }
        } else if name.eq_ignore_ascii_case(b"content-transfer-encoding") {
            let plain = ["7bit", "8bit", "binary"];
            if !plain.iter().any(|plain| value.eq_ignore_ascii_case(plain.as_bytes())) {
                return Err(Unreadable::Encoded);
            }
        }
    }
}

fn disposition(value: &[u8]) -> Option<Head<'_>> {
    let value = Value::read(value)?;
    if !value.first.eq_ignore_ascii_case(b"form-data") {
        return None;
    }
    let name: Cow<'_, str> = match value.param("name")? {
        Cow::Borrowed(name) => std::str::from_utf8(name).ok()?.into(),
        Cow::Owned(name) => String::from_utf8(name.clone()).ok()?.into(),
    };
    if name.is_empty() {
        return None;
    }
    let is_file = value.param("filename").is_some() || value.param("filename*").is_some();
    Some(Head { name, is_file })
}

/// Where the delimiter begins. Line ends are rare, so each is a fair place to look closer.
fn find_delimiter(content: &[u8], delimiter: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        from += content[from..].iter().position(|byte| *byte == b'\r')?;
        if content[from..].starts_with(delimiter) {
            return Some(from);
        }
        from += 1;
    }
}

#[cfg(test)]
mod tests;
