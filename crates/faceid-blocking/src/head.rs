//! Tells whether an answer is compressed, from its head.

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Head {
    Unfinished,
    Plain,
    Compressed,
}

/// Looks for the header in the first head that is not of an informational answer.
pub(crate) fn head(mut input: &[u8]) -> Head {
    loop {
        let Some(end) = input.windows(4).position(|window| window == b"\r\n\r\n") else {
            return Head::Unfinished;
        };
        let (head, rest) = input.split_at(end + 4);
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
            ("HTTP/1.1 103 X\r\n\r\n", Head::Unfinished),
            ("HTTP/1.1 100 X\r\n\r\nHTTP/1.1 200 OK\r\ncontent-encoding: x\r\n\r\n", Head::Compressed),
        ];
        for (input, expected) in cases {
            assert_eq!(head(input.as_bytes()), *expected, "{input:?}");
        }
    }
}
