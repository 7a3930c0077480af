//! Keeps what was sent out of ureq's log.
//!
//! At the level of trace ureq writes each answer into the log, byte for byte, and at debug its `Location`; a server may
//! repeat sign and user in either. So while somebody listens, what an answer repeats is replaced before ureq sees it, and
//! put back in what ureq hands out. What stands there meanwhile is as long, and of letters and digits where the other
//! was, so that ureq reads the answer as it would.

use std::cell::RefCell;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;

use faceid_types::repeats;
use http::{HeaderValue, Response};
use log::LevelFilter;
use memchr::memmem;
use ureq::unversioned::transport::Buffers;

/// What is shorter may stand in any answer, and what is longer is data.
const LENGTHS: std::ops::RangeInclusive<usize> = 16..=512;

thread_local! {
    /// What this thread is sending: ureq reads where it was called.
    static HIDDEN: RefCell<Option<Hidden>> = const { RefCell::new(None) };
}

#[derive(Default)]
struct Hidden {
    values: Vec<Vec<u8>>,
    /// What stands in the answer, and what it stands for, in the order in which they were put there.
    replaced: Vec<(Vec<u8>, Vec<u8>)>,
    random: RandomState,
    drawn: u64,
}

/// The texts of a form, but for files, and none where nobody listens.
pub(crate) fn values(form: &[u8]) -> Vec<Vec<u8>> {
    let boundary = form.split(|byte| *byte == b'\r').next().unwrap_or_default();
    if log::max_level() < LevelFilter::Debug || boundary.is_empty() {
        return Vec::new();
    }
    let begins: Vec<_> = memmem::find_iter(form, boundary).collect();
    let parts = begins.windows(2).map(|part| &form[part[0] + boundary.len()..part[1]]);
    let values = parts.filter_map(|part| {
        let (head, value) = part.split_at(memmem::find(part, b"\r\n\r\n")?);
        let is_file = memmem::find(head, b"filename=").is_some();
        (!is_file).then(|| value.trim_ascii().to_vec())
    });
    values.filter(|value| LENGTHS.contains(&value.len())).collect()
}

/// Asks, and hides these values from ureq meanwhile.
pub(crate) fn hidden<E>(
    values: Vec<Vec<u8>>,
    ask: impl FnOnce() -> Result<Response<Vec<u8>>, E>,
) -> Result<Response<Vec<u8>>, E> {
    HIDDEN.set((!values.is_empty()).then(|| Hidden { values, ..Hidden::default() }));
    let answer = ask();
    let hidden = HIDDEN.take();
    answer.map(|mut answer| {
        if let Some(hidden) = hidden {
            hidden.restore(answer.body_mut());
            for value in answer.headers_mut().values_mut() {
                let mut bytes = value.as_bytes().to_vec();
                hidden.restore(&mut bytes);
                // What stood in a head may stand there again.
                if let Ok(restored) = HeaderValue::from_bytes(&bytes) {
                    *value = restored;
                }
            }
        }
        answer
    })
}

/// Hides what is in an answer that is there in part. What came before is looked at again: with the rest it may be more.
pub(crate) fn hide(buffers: &mut dyn Buffers) {
    HIDDEN.with_borrow_mut(|hidden| {
        let Some(hidden) = hidden else { return };
        let mut input = buffers.input().to_vec();
        hidden.uncover(&mut input);
        hidden.cover(&mut input);
        if input != buffers.input() {
            buffers.input_consume(input.len());
            buffers.input_append_buf()[..input.len()].copy_from_slice(&input);
            buffers.input_appended(input.len());
        }
    });
}

impl Hidden {
    fn cover(&mut self, input: &mut [u8]) {
        for value in &self.values {
            for run in repeats(input, value) {
                let original = input[run.clone()].to_vec();
                for byte in &mut input[run.clone()] {
                    self.drawn += 1;
                    *byte = like(*byte, self.random.hash_one(self.drawn));
                }
                self.replaced.push((input[run].to_vec(), original));
            }
        }
    }

    /// Undoes what is still there as a whole.
    fn uncover(&mut self, input: &mut [u8]) {
        let mut kept: Vec<_> = self
            .replaced
            .drain(..)
            .rev()
            .filter(|(stand_in, original)| {
                let found = memmem::find(input, stand_in);
                if let Some(at) = found {
                    input[at..at + original.len()].copy_from_slice(original);
                }
                found.is_none()
            })
            .collect();
        kept.reverse();
        self.replaced = kept;
    }

    /// Puts back what was replaced, and the beginning of what the text breaks off in.
    fn restore(&self, text: &mut [u8]) {
        for (stand_in, original) in self.replaced.iter().rev() {
            if let Some(at) = memmem::find(text, &stand_in[..*LENGTHS.start()]) {
                let common = text[at..].iter().zip(stand_in).take_while(|(a, b)| a == b).count();
                text[at..at + common].copy_from_slice(&original[..common]);
            }
        }
    }
}

/// A digit for a digit and a letter for a letter; what may have a meaning in a head stays.
fn like(byte: u8, drawn: u64) -> u8 {
    let [digit, letter] = [10, 26].map(|kinds| drawn.to_le_bytes()[0] % kinds);
    match byte {
        b'0'..=b'9' => b'0' + digit,
        byte if byte.is_ascii_alphabetic() || !byte.is_ascii() => b'a' + letter,
        byte => byte,
    }
}

#[cfg(test)]
mod tests {
    use ureq::unversioned::transport::LazyBuffers;

    use super::*;

    const SIGN: &str = "SPzLRbDBgTGC2A8YdDaa7Jrny+5hPUlDVnZDX3hVczYxNzdXRXR5VU53SUg4SjZOZkd1NTB0JmI9MTUzMDc2MjIxOCZj\
                        PTE1MzA3NjIxMTgmZD0wNzk5Njg3MDY2";
    const UUID: &str = "0123-4567-89ab-cdef";

    /// What ureq sees of an answer that comes in pieces, of which it uses up so many bytes after each, and the answer
    /// that is handed on.
    fn seen(answer: &[u8], pieces: usize, used: impl Fn(usize) -> usize) -> (Vec<Vec<u8>>, Vec<u8>) {
        let mut seen = Vec::new();
        let values = [SIGN, UUID].map(|value| value.as_bytes().to_vec()).into();
        let answer = hidden(values, || {
            let mut buffers = LazyBuffers::new(4096, 4096);
            let mut body = Vec::new();
            for piece in answer.chunks(pieces) {
                buffers.input_append_buf()[..piece.len()].copy_from_slice(piece);
                buffers.input_appended(piece.len());
                hide(&mut buffers);
                let used = used(buffers.input().len());
                seen.push(buffers.input()[..used].to_vec());
                body.extend(&buffers.input()[..used]);
                buffers.input_consume(used);
            }
            body.extend(buffers.input());
            seen.push(buffers.input().to_vec());
            Ok::<_, ()>(Response::new(body))
        });
        (seen, answer.expect("an answer").into_body())
    }

    fn repeats_any(text: &[u8]) -> bool {
        [SIGN, UUID].iter().any(|value| !repeats(text, value.as_bytes()).is_empty())
    }

    #[test]
    fn what_is_repeated_is_hidden_and_handed_on() {
        let (half, other) = SIGN.split_at(60);
        let earlier = format!("{}{}", "0".repeat(27), &SIGN[27..100]);
        let answers = [
            String::new(),
            "nothing".into(),
            SIGN.into(),
            format!("{{\"error\":\"X: {SIGN}\",\"request_id\":\"{UUID}\"}}"),
            format!("{SIGN}{SIGN}{UUID}{UUID}{SIGN}"),
            format!("{half}{half}{other}{other}"),
            format!("{}{}", &SIGN[40..67], &SIGN[40..67]),
            format!("{} {UUID}", &SIGN[1..]),
            format!("content-disposition: form-data; name=\"sign\"\r\n\r\n{SIGN}\r\n"),
            format!("{earlier} {SIGN} {earlier}"),
            SIGN.repeat(5),
        ];
        for answer in answers.iter().map(String::as_bytes) {
            for pieces in [1, 7, 16, 40, 61, 125, 4096] {
                let whole = |len| if len == answer.len() { len } else { 0 };
                for (seen, body) in [seen(answer, pieces, whole), seen(answer, pieces, |_| 0)] {
                    assert_eq!(body, answer, "{pieces}");
                    assert!(!seen.iter().any(|seen| repeats_any(seen)), "{pieces}: {seen:?}");
                }
                for used in [|len| len, |len| len / 2, |len: usize| len.saturating_sub(20)] {
                    let (seen, body) = seen(answer, pieces, used);
                    assert_eq!(body, answer, "{pieces}");
                    let hidden = pieces < 125 || !seen.iter().any(|seen| repeats_any(seen));
                    assert!(hidden, "{pieces}: {seen:?}");
                }
            }
        }
    }

    #[test]
    fn an_answer_that_breaks_off_is_handed_on() {
        for len in 0..SIGN.len() {
            let mut sent = Hidden { values: vec![SIGN.as_bytes().to_vec()], ..Hidden::default() };
            let mut text = format!("x: {SIGN}").into_bytes();
            sent.cover(&mut text);
            text.truncate(3 + len);
            sent.restore(&mut text);
            if len >= *LENGTHS.start() {
                assert_eq!(text, format!("x: {}", &SIGN[..len]).as_bytes());
            }
        }
    }
}
