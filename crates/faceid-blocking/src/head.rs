//! Tells whether an answer is compressed, from its head.

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Head {
    Unfinished,
    Plain,
    Compressed,
}

/// Looks for the header in the first head that is not of an informational answer. Lines may end in LF alone.
pub(crate) fn head(mut input: &[u8]) -> Head {
    loop {
        let Some(end) = end(input) else {
            return Head::Unfinished;
        };
        let (head, rest) = input.split_at(end);
        let head = head.trim_ascii_start();
        if !head.starts_with(b"HTTP/1.1 1") {
            let compressed = head.split(|byte| *byte == b'\n').any(|line| {
                let mut parts = line.splitn(2, |byte| *byte == b':').map(<[u8]>::trim_ascii);
                parts.next().is_some_and(|name| name.eq_ignore_ascii_case(b"content-encoding"))
                    && parts.next().is_some_and(|encoding| encoding != b"identity")
            });
            return if compressed { Head::Compressed } else { Head::Plain };
        }
        input = rest;
    }
}

/// Where the empty line after a head ends. Empty lines before the head are passed over, as ureq does.
fn end(input: &[u8]) -> Option<usize> {
    let (mut read, mut begun) = (0, false);
    for line in input.split_inclusive(|byte| *byte == b'\n') {
        read += line.len();
        let empty = matches!(line, b"\r\n" | b"\n");
        if empty && begun {
            return Some(read);
        }
        begun |= !empty;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads() {
        let cases: &[(&str, Head)] = &[
            ("", Head::Unfinished),
            ("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n", Head::Unfinished),
            ("HTTP/1.1 200 OK\r\n\r\ncontent-encoding: gzip\r\n\r\n", Head::Plain),
            ("HTTP/1.1 200 OK\r\nx: content-encoding\r\n\r\n", Head::Plain),
            ("HTTP/1.1 200 OK\r\nContent-Encoding:br\r\n\r\n", Head::Compressed),
            ("HTTP/1.0 200 OK\r\nCONTENT-ENCODING : gzip\r\nx: y\r\n\r\n{}", Head::Compressed),
            ("HTTP/1.1 200 OK\r\ncontent-encoding: identity\r\n\r\n", Head::Plain),
            ("HTTP/1.1 200 OK\ncontent-encoding: gzip\n\n", Head::Compressed),
            ("HTTP/1.1 200 OK\nx: y\n\ncontent-encoding: gzip\n\n", Head::Plain),
            ("\r\n\r\n", Head::Unfinished),
            ("\r\n\r\nHTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n", Head::Compressed),
            ("HTTP/1.1 103 X\r\n\r\n", Head::Unfinished),
            ("HTTP/1.1 100 X\r\n\r\nHTTP/1.1 200 OK\r\ncontent-encoding: x\r\n\r\n", Head::Compressed),
        ];
        for (input, expected) in cases {
            assert_eq!(head(input.as_bytes()), *expected, "{input:?}");
        }
    }
}
