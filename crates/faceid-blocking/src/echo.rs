//! Keeps signs out of ureq's log.
//!
//! At the level of trace ureq writes each answer into the log, byte for byte, and at debug its `Location`; a server may
//! repeat the sign in either. So while somebody listens, a sign in an answer is replaced before ureq sees it, and put back
//! in what ureq hands out. What stands there meanwhile is as long, and of letters and digits where the sign is, so that
//! ureq reads the answer as it would.

use std::cell::RefCell;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;

use faceid_types::repeats;
use http::{HeaderValue, Response};
use log::LevelFilter;
use memchr::memmem;
use ureq::unversioned::transport::Buffers;

/// So much of a replacement tells it from all others; what is replaced is never shorter.
const TOLD: usize = 16;

thread_local! {
    /// What this thread is sending: ureq reads where it was called.
    static HIDDEN: RefCell<Option<Hidden>> = const { RefCell::new(None) };
}

#[derive(Default)]
struct Hidden {
    sign: Vec<u8>,
    /// What stands in the answer, and what it stands for, in the order in which they were put there.
    replaced: Vec<(Vec<u8>, Vec<u8>)>,
    random: RandomState,
    drawn: u64,
}

/// Whether somebody may listen to what ureq logs.
pub(crate) fn listened() -> bool {
    log::max_level() >= LevelFilter::Debug
}

/// From now on this thread hides the sign in this form from ureq, if anybody listens; whether it does.
///
/// An exchange that fails leaves it as it is, for the next one to begin anew. No guard ends it, and what it does is out of
/// the way: either would take a page of each thread's stack, whether anybody listens or not.
pub(crate) fn begin(form: &[u8]) -> bool {
    listened() && begin_listened(form).is_some()
}

#[cold]
#[inline(never)]
fn begin_listened(form: &[u8]) -> Option<()> {
    const FIELD: &[u8] = b"name=\"sign\"\r\n\r\n";
    let value = &form[memmem::find(form, FIELD)? + FIELD.len()..];
    let sign = value.split(|byte| *byte == b'\r').next()?.to_vec();
    HIDDEN.set(Some(Hidden { sign, ..Hidden::default() }));
    Some(())
}

/// No more. The answer is as it came.
#[cold]
#[inline(never)]
pub(crate) fn end(answer: &mut Response<Vec<u8>>) {
    let Some(hidden) = HIDDEN.take() else { return };
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

/// Hides what is in an answer that is there in part. What came before is looked at again: with the rest it may be more.
#[cold]
#[inline(never)]
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
        for run in repeats(input, &self.sign) {
            let original = input[run.clone()].to_vec();
            for byte in &mut input[run.clone()] {
                self.drawn += 1;
                *byte = like(*byte, self.random.hash_one(self.drawn));
            }
            self.replaced.push((input[run].to_vec(), original));
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
            if let Some(at) = memmem::find(text, &stand_in[..TOLD.min(stand_in.len())]) {
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
        b'A'..=b'Z' | b'a'..=b'z' => b'a' + letter,
        byte => byte,
    }
}

#[cfg(test)]
mod tests {
    use ureq::unversioned::transport::LazyBuffers;

    use super::*;

    const SIGN: &str = "SPzLRbDBgTGC2A8YdDaa7Jrny+5hPUlDVnZDX3hVczYxNzdXRXR5VU53SUg4SjZOZkd1NTB0JmI9MTUzMDc2MjIxOCZj\
                        PTE1MzA3NjIxMTgmZD0wNzk5Njg3MDY2";

    /// What ureq sees of an answer that comes in pieces, of which it uses up so many bytes after each, and the answer
    /// that is handed on.
    fn seen(answer: &[u8], pieces: usize, used: impl Fn(usize) -> usize) -> (Vec<Vec<u8>>, Vec<u8>) {
        let mut seen = Vec::new();
        begin_listened(format!("--x\r\nname=\"sign\"\r\n\r\n{SIGN}\r\n--x--").as_bytes()).expect("a sign");
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
        let mut answer = Response::new(body);
        end(&mut answer);
        (seen, answer.into_body())
    }

    fn repeats_any(text: &[u8]) -> bool {
        !repeats(text, SIGN.as_bytes()).is_empty()
    }

    #[test]
    fn what_is_repeated_is_hidden_and_handed_on() {
        let (half, other) = SIGN.split_at(60);
        let earlier = format!("{}{}", "0".repeat(27), &SIGN[27..100]);
        let answers = [
            String::new(),
            "nothing".into(),
            SIGN.into(),
            format!("{{\"error\":\"X: {SIGN}\",\"request_id\":\"{SIGN}\"}}"),
            format!("{half}{half}{other}{other}"),
            format!("{}{}", &SIGN[40..67], &SIGN[40..67]),
            format!("{} {}", &SIGN[1..], &SIGN[..SIGN.len() - 1]),
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
            let mut sent = Hidden { sign: SIGN.as_bytes().to_vec(), ..Hidden::default() };
            let mut text = format!("x: {SIGN}").into_bytes();
            sent.cover(&mut text);
            text.truncate(3 + len);
            sent.restore(&mut text);
            if len >= TOLD {
                assert_eq!(text, format!("x: {}", &SIGN[..len]).as_bytes());
            }
        }
    }
}
