//! Keeps what was sent out of ureq's log.
//!
//! At the level of trace ureq writes each answer into the log, byte for byte, and at debug its `Location`; a server may
//! repeat the form in either. So while somebody listens, what an answer repeats is replaced before ureq sees it, and put
//! back in what ureq hands out. A dump shows the replacement, which is as long.

use std::cell::RefCell;
use std::rc::Rc;

use http::{HeaderValue, Response};
use log::LevelFilter;
use memchr::memchr_iter;
use ureq::unversioned::transport::Buffers;

/// What is shorter is of no use to anyone. A form has shorter texts that each answer may have.
const SHORTEST: usize = 16;
/// Where a run of that length is, a block of this one is, wherever the run begins.
const BLOCK: usize = SHORTEST / 2;
/// Of a longer form, which holds files, what comes first. The sign does.
const MOST: usize = 16 * 1024;

thread_local! {
    /// What this thread is sending: ureq reads where it was called.
    static SENT: RefCell<Option<Rc<Sent>>> = const { RefCell::new(None) };
}

struct Sent {
    form: Vec<u8>,
    /// As long as the form. No part of it that counts stands in it twice.
    stand_in: Vec<u8>,
}

/// For as long as it lives, and on its thread, answers are kept from repeating a form.
pub(crate) struct Hiding(Option<Rc<Sent>>);

impl Hiding {
    pub(crate) fn of(form: &[u8]) -> Self {
        let sent = (log::max_level() >= LevelFilter::Debug).then(|| {
            let form = form[..form.len().min(MOST)].to_vec();
            let stand_in = (0..).flat_map(|number: u32| format!("(form:{number})").into_bytes());
            Rc::new(Sent { stand_in: stand_in.take(form.len()).collect(), form })
        });
        SENT.set(sent.clone());
        Self(sent)
    }

    /// The answer as it came.
    pub(crate) fn restore(&self, answer: &mut Response<Vec<u8>>) {
        let Some(Sent { form, stand_in }) = self.0.as_deref() else { return };
        replace(answer.body_mut(), stand_in, form);
        for value in answer.headers_mut().values_mut() {
            let mut bytes = value.as_bytes().to_vec();
            replace(&mut bytes, stand_in, form);
            // What stood in a head may stand there again.
            if let Ok(restored) = HeaderValue::from_bytes(&bytes) {
                *value = restored;
            }
        }
    }
}

impl Drop for Hiding {
    fn drop(&mut self) {
        SENT.set(None);
    }
}

/// Of an answer that is there in part. What came before is looked at again: together with the rest it may be more.
pub(crate) fn hide(buffers: &mut dyn Buffers) {
    SENT.with_borrow(|sent| {
        let Some(Sent { form, stand_in }) = sent.as_deref() else { return };
        let mut hidden = buffers.input().to_vec();
        replace(&mut hidden, stand_in, form);
        replace(&mut hidden, form, stand_in);
        if hidden != buffers.input() {
            buffers.input_consume(hidden.len());
            buffers.input_append_buf()[..hidden.len()].copy_from_slice(&hidden);
            buffers.input_appended(hidden.len());
        }
    });
}

/// Puts the other's bytes in the place of each run that counts. Lines end where they did.
fn replace(text: &mut [u8], from: &[u8], to: &[u8]) {
    let same = |(a, b): &(&u8, &u8)| a == b && !matches!(a, b'\r' | b'\n');
    let mut at = 0;
    while let Some(block) = text.get(at..at + BLOCK) {
        let runs =
            memchr_iter(block[0], from).filter(|found| from[*found..].starts_with(block)).map(|found| {
                let before = text[..at].iter().rev().zip(from[..found].iter().rev()).take_while(same).count();
                let after = text[at..].iter().zip(&from[found..]).take_while(same).count();
                (before + after, at - before, found - before)
            });
        let longest = runs.max().filter(|(len, ..)| *len >= SHORTEST);
        at += BLOCK;
        if let Some((len, begin, found)) = longest {
            text[begin..begin + len].copy_from_slice(&to[found..found + len]);
            at = at.max(begin + len);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &[u8] = b"--x\r\nname=\"sign\"\r\n\r\nABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789\r\n--x--\r\n";
    const SIGN: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    #[test]
    fn runs_are_replaced_and_put_back() {
        let stand_in: Vec<u8> = (0..FORM.len())
            .map(|at| b"abcdefghijklmnopqrstuvwxyz!#$%&()*+-./:;<>?@[]^_{|}~"[at % 52])
            .collect();
        let lines = |text: &[u8]| text.split(|byte| *byte == b'\n').map(<[u8]>::len).collect::<Vec<_>>();
        let cases = [
            ("", false),
            ("ABCDEFGHIJKLMNO", false),
            ("ABCDEFGHIJKLMNOP", true),
            ("{\"error\":\"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789\"}", true),
            ("1234567 BCDEFGHIJKLMNOPQ 89", true),
            ("x ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", true),
            ("MNOPQRSTUVWXYZ0123456789\r\n--x--\r\n", true),
            ("89\r\n--x--\r\n--x\r\nname=\"sign\"\r\n\r\nABC", false),
        ];
        for (text, expected) in cases {
            let mut bytes = text.as_bytes().to_vec();
            replace(&mut bytes, FORM, &stand_in);
            assert_eq!(bytes != text.as_bytes(), expected, "{text:?}");
            assert!(
                !bytes
                    .windows(SHORTEST)
                    .any(|part| SIGN.as_bytes().windows(SHORTEST).any(|sign| sign == part)),
                "{text:?}"
            );
            assert_eq!(lines(&bytes), lines(text.as_bytes()), "{text:?}");
            replace(&mut bytes, &stand_in, FORM);
            assert_eq!(bytes, text.as_bytes(), "{text:?}");
        }
    }
}
