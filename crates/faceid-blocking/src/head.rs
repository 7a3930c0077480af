//! Tells whether an answer is compressed, from its head.

use faceid_net::is_compressed;
use memchr::memchr_iter;

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Head {
    Unfinished,
    Plain,
    Compressed,
}

/// Looks for the header in the first head that is not of an informational answer; and where the status of an informational
/// answer before it is 100. Lines may end in LF alone, and empty ones before a head are passed over, as ureq does.
pub(crate) fn head(input: &[u8]) -> (Head, Vec<usize>) {
    let (mut begun, mut informational, mut compressed) = (false, false, false);
    let mut continues = Vec::new();
    let mut start = 0;
    for end in memchr_iter(b'\n', input) {
        let line = &input[start..end];
        match (line, begun) {
            (b"" | b"\r", false) => {}
            (b"" | b"\r", true) if informational => begun = false,
            (b"" | b"\r", true) if compressed => return (Head::Compressed, continues),
            (b"" | b"\r", true) => return (Head::Plain, continues),
            (_, false) => {
                (begun, compressed) = (true, false);
                let status = status(line);
                informational = matches!(status, Some([b'1', rest @ ..]) if rest != b"01");
                if status == Some(b"100") {
                    continues.push(start + line.len() - line.trim_ascii_start().len() + VERSION);
                }
            }
            (_, true) => compressed |= tells_of_compression(line),
        }
        start = end + 1;
    }
    (Head::Unfinished, continues)
}

/// `HTTP/1.1 `
const VERSION: usize = 9;

/// 101 is an answer like any other, to ureq as well.
fn status(line: &[u8]) -> Option<&[u8; 3]> {
    let (version, rest) = line.trim_ascii_start().split_at_checked(VERSION)?;
    let is_known = matches!(version, [b'H', b'T', b'T', b'P', b'/', b'1', b'.', _, b' ']);
    is_known.then_some(rest)?.first_chunk()
}

fn tells_of_compression(line: &[u8]) -> bool {
    const NAME: &[u8] = b"content-encoding";
    let line = line.trim_ascii();
    let value = line.split_at_checked(NAME.len()).filter(|(name, _)| name.eq_ignore_ascii_case(NAME));
    let value = value.and_then(|(_, rest)| rest.trim_ascii_start().strip_prefix(b":"));
    value.is_some_and(is_compressed)
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
            ("HTTP/1.1 200 OK\r\ncontent-encoding: Identity,,identity\r\n\r\n", Head::Plain),
            ("HTTP/1.1 200 OK\r\ncontent-encoding:\r\n\r\n", Head::Plain),
            ("HTTP/1.1 200 OK\r\ncontent-encoding: identity, br\r\n\r\n", Head::Compressed),
            ("HTTP/1.1 200 OK\ncontent-encoding: gzip\n\n", Head::Compressed),
            ("HTTP/1.1 200 OK\nx: y\n\ncontent-encoding: gzip\n\n", Head::Plain),
            ("\r\n\r\n", Head::Unfinished),
            ("\r\n\r\nHTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n", Head::Compressed),
            ("HTTP/1.1 103 X\r\n\r\n", Head::Unfinished),
            ("HTTP/1.1 100 X\r\n\r\nHTTP/1.1 200 OK\r\ncontent-encoding: x\r\n\r\n", Head::Compressed),
            ("HTTP/1.0 103 X\n\nHTTP/1.1 200 OK\r\ncontent-encoding: x\r\n\r\n", Head::Compressed),
            ("HTTP/1.1 101 X\r\ncontent-encoding: x\r\n\r\n", Head::Compressed),
            ("HTTP/1.1 102 X\r\ncontent-encoding: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", Head::Plain),
        ];
        for (input, expected) in cases {
            assert_eq!(head(input.as_bytes()).0, *expected, "{input:?}");
        }
    }

    #[test]
    fn where_a_status_is_100() {
        let cases: &[(&str, &[usize])] = &[
            ("", &[]),
            ("HTTP/1.1 100", &[]),
            ("HTTP/1.1 100\r\n", &[9]),
            ("HTTP/1.1 100 Continue\n\n", &[9]),
            ("\r\n HTTP/1.0 100 X\r\nx: y\r\n\r\nHTTP/1.1 103 X\r\n\r\nHTTP/1.1 100 X\r\n", &[12, 54]),
            ("HTTP/1.1 103 X\r\nHTTP/1.1 100 X\r\n\r\n", &[]),
            ("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 100 X\r\n\r\n", &[]),
            ("HTTP/1.1  100 X\r\n", &[]),
        ];
        for (input, expected) in cases {
            assert_eq!(head(input.as_bytes()).1, *expected, "{input:?}");
        }
    }
}
