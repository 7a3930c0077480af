//! The parameters of a header's value: `form-data; name="sign"; filename=x`.

use std::borrow::Cow;

/// What stands before the first semicolon, and the parameters after it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Value<'a> {
    pub(crate) first: &'a [u8],
    params: Vec<(&'a [u8], Cow<'a, [u8]>)>,
}

impl<'a> Value<'a> {
    /// `None` unless each parameter is a name, an equals sign, and a token or a quoted string; and each name occurs once.
    pub(crate) fn read(value: &'a [u8]) -> Option<Self> {
        let end = value.iter().position(|byte| *byte == b';').unwrap_or(value.len());
        let (first, mut rest) = value.split_at(end);
        let mut params: Vec<(&[u8], _)> = Vec::new();
        while let Some(after) = rest.strip_prefix(b";") {
            let (name, after) = token(after.trim_ascii_start())?;
            let (content, after) = content(after.strip_prefix(b"=")?)?;
            if params.iter().any(|(taken, _)| taken.eq_ignore_ascii_case(name)) {
                return None;
            }
            params.push((name, content));
            rest = after.trim_ascii_start();
        }
        rest.is_empty().then_some(Self { first: first.trim_ascii(), params })
    }

    pub(crate) fn param(&self, name: &str) -> Option<&Cow<'a, [u8]>> {
        let found = self.params.iter().find(|(taken, _)| taken.eq_ignore_ascii_case(name.as_bytes()));
        found.map(|(_, content)| content)
    }
}

fn content(rest: &[u8]) -> Option<(Cow<'_, [u8]>, &[u8])> {
    let Some(quoted) = rest.strip_prefix(b"\"") else {
        return token(rest).map(|(content, rest)| (content.into(), rest));
    };
    let mut escaped = false;
    let end = quoted.iter().position(|byte| match byte {
        _ if escaped => {
            escaped = false;
            false
        }
        b'\\' => {
            escaped = true;
            false
        }
        byte => *byte == b'"',
    })?;
    let (content, rest) = (&quoted[..end], &quoted[end + 1..]);
    if content.contains(&b'\\') {
        Some((unescaped(content).into(), rest))
    } else {
        Some((content.into(), rest))
    }
}

fn unescaped(content: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(content.len());
    let mut bytes = content.iter();
    while let Some(byte) = bytes.next() {
        let byte = if *byte == b'\\' { bytes.next().unwrap_or(byte) } else { byte };
        plain.push(*byte);
    }
    plain
}

/// One or more of the characters that need no quotes. [RFC 9110, 5.6.2]
pub(crate) fn token(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let is_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    let end = rest.iter().position(|byte| !is_token(byte)).unwrap_or(rest.len());
    (end > 0).then(|| rest.split_at(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        // the header, what stands first, the parameter `name`
        let cases: &[(&str, Option<(&str, Option<&str>)>)] = &[
            ("form-data", Some(("form-data", None))),
            ("form-data; name=sign", Some(("form-data", Some("sign")))),
            ("form-data;NAME=\"sign\"", Some(("form-data", Some("sign")))),
            ("form-data ; a=b ;  name=\"a;b=c\"", Some(("form-data", Some("a;b=c")))),
            (r#"form-data; name="a\"b\\c""#, Some(("form-data", Some(r#"a"b\c"#)))),
            ("form-data; name=\"\"", Some(("form-data", Some("")))),
            ("", Some(("", None))),
            ("form-data;", None),
            ("form-data; name", None),
            ("form-data; name=", None),
            ("form-data; name=\"sign", None),
            ("form-data; name=\"sign\\\"", None),
            ("form-data; name=\"sign\"x", None),
            ("form-data; name=a; Name=b", None),
            ("form-data; =a", None),
            ("form-data; name =a", None),
        ];
        for (header, expected) in cases {
            let value = Value::read(header.as_bytes());
            let found = value.as_ref().map(|value| {
                let text = |bytes| std::str::from_utf8(bytes).unwrap();
                (text(value.first), value.param("name").map(|name| text(name)))
            });
            assert_eq!(found, *expected, "{header}");
        }
    }
}
