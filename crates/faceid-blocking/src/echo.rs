//! Keeps signs out of ureq's log.
//!
//! At the level of trace ureq writes each answer into the log, byte for byte, and at debug some of its headers; a server may
//! repeat the sign in any of it. So while somebody listens, a sign in an answer is replaced before ureq sees it, and put back
//! in what ureq hands out. What stands there meanwhile is as long, and of letters and digits where the sign is, so that
//! ureq reads the answer as it would.

use std::collections::hash_map::RandomState;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::hash::{BuildHasher as _, BuildHasherDefault, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};

use faceid_types::{TransportError, repeats};
use http::{HeaderValue, Response};
use log::LevelFilter;
use memchr::memmem;
use ureq::Error;
use ureq::unversioned::transport::Buffers;

use crate::rewrite::rewrite;

/// The beginning of a stand-in, which tells it from all else. None is shorter.
type Told = u128;
const TOLD: usize = size_of::<Told>();
/// Of which at least so much is drawn by chance.
const DRAWN: usize = 8;
/// So many are kept at most. An answer of usual length has no place for more.
const MOST: usize = 16 * 1024;

/// What is hidden from ureq now, by the sign that was sent: a connection knows no more of an exchange than what it sends.
#[derive(Default)]
pub(crate) struct Echoes {
    hidden: Mutex<HashMap<u64, Hidden>>,
    random: RandomState,
}

#[derive(Default)]
struct Hidden {
    sign: Vec<u8>,
    /// In the order of their places.
    replaced: Vec<Replaced>,
    /// What tells the stand-ins that ureq may have used: no two are told by the same.
    told: HashSet<Told, BuildHasherDefault<Drawn>>,
    random: RandomState,
    drawn: u64,
}

struct Replaced {
    /// Its place in the answer.
    at: usize,
    stand_in: Vec<u8>,
    original: Vec<u8>,
}

/// Whether somebody may listen to what ureq logs.
pub(crate) fn listened() -> bool {
    log::max_level() >= LevelFilter::Debug
}

impl Echoes {
    /// From now on the sign in this form is hidden from ureq, if anybody listens; what [`end`](Self::end) needs if so.
    ///
    /// No guard ends it, and what it does is out of the way: either would take a page of each thread's stack, whether
    /// anybody listens or not.
    pub(crate) fn begin(&self, form: &[u8]) -> Option<u64> {
        if listened() { self.begin_listened(form) } else { None }
    }

    #[cold]
    #[inline(never)]
    fn begin_listened(&self, form: &[u8]) -> Option<u64> {
        let sign = sign_in(form)?;
        let exchange = self.random.hash_one(sign);
        self.lock().insert(exchange, Hidden { sign: sign.to_vec(), ..Hidden::default() });
        Some(exchange)
    }

    /// The exchange of which this is sent, if it is the part with the sign. Data may look like one.
    #[cold]
    #[inline(never)]
    pub(crate) fn exchange_of(&self, sent: &[u8]) -> Option<u64> {
        let exchange = self.random.hash_one(sign_in(sent)?);
        self.lock().contains_key(&exchange).then_some(exchange)
    }

    /// Hides what is in an answer of which so many bytes came, the last of them in the buffer, unless it is too much. What
    /// came before is looked at again: with the rest it may be more.
    #[cold]
    #[inline(never)]
    pub(crate) fn hide(&self, exchange: u64, buffers: &mut dyn Buffers, came: usize) -> Result<(), Error> {
        let Some(mut hidden) = self.lock().remove(&exchange) else { return Ok(()) };
        let mut input = buffers.input().to_vec();
        let start = came.saturating_sub(input.len());
        hidden.uncover(&mut input, start);
        hidden.cover(&mut input, start);
        if input != buffers.input() {
            rewrite(buffers, &input);
        }
        let kept = hidden.replaced.len();
        self.lock().insert(exchange, hidden);
        if kept > MOST {
            return Err(Error::Other("the answer repeats the sign too often to be hidden from a log".into()));
        }
        Ok(())
    }

    /// No more. The answer is as it came.
    #[cold]
    #[inline(never)]
    pub(crate) fn end(&self, exchange: u64, outcome: &mut Result<Response<Vec<u8>>, TransportError>) {
        let hidden = self.lock().remove(&exchange);
        let (Some(hidden), Ok(answer)) = (hidden, outcome) else { return };
        let told = hidden.replaced.iter().filter_map(|it| Some((told(&it.stand_in)?, it)));
        let mut stand_ins: StandIns<'_> = told.collect();
        for value in answer.headers_mut().values_mut() {
            let mut bytes = value.as_bytes().to_vec();
            restore(&mut stand_ins, &mut bytes);
            // What stood in a head may stand there again.
            if let Ok(restored) = HeaderValue::from_bytes(&bytes) {
                *value = restored;
            }
        }
        restore(&mut stand_ins, answer.body_mut());
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Hidden>> {
        self.hidden.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// It holds signs.
impl fmt::Debug for Echoes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Echoes").finish_non_exhaustive()
    }
}

/// The sign in a form, or in its beginning.
fn sign_in(form: &[u8]) -> Option<&[u8]> {
    const FIELD: &[u8] = b"name=\"sign\"\r\n\r\n";
    let value = &form[memmem::find(form, FIELD)? + FIELD.len()..];
    value.split(|byte| *byte == b'\r').next()
}

/// By what tells them.
type StandIns<'a> = HashMap<Told, &'a Replaced, BuildHasherDefault<Drawn>>;

/// Puts back what was replaced, and the beginning of what the text breaks off in. Each stands in one place alone.
fn restore(stand_ins: &mut StandIns<'_>, text: &mut [u8]) {
    let mut at = 0;
    while let Some(told) = told(&text[at..]).filter(|_| !stand_ins.is_empty()) {
        at += match stand_ins.remove(&told) {
            Some(Replaced { stand_in, original, .. }) => {
                let common = text[at..].iter().zip(stand_in).take_while(|(a, b)| a == b).count();
                text[at..at + common].copy_from_slice(&original[..common]);
                common
            }
            None => 1,
        };
    }
}

fn told(text: &[u8]) -> Option<Told> {
    text.first_chunk().map(|begin| Told::from_ne_bytes(*begin))
}

/// What was drawn by chance needs no more of a hash.
#[derive(Default)]
struct Drawn(u64);

impl Hasher for Drawn {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u128((*byte).into());
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "both halves are taken")]
    fn write_u128(&mut self, number: u128) {
        const ODD: u128 = 0x9e37_79b9_7f4a_7c15;
        let product = u128::from(self.0 ^ (number ^ number >> 64) as u64) * ODD;
        self.0 = (product ^ product >> 64) as u64;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl Hidden {
    fn cover(&mut self, input: &mut [u8], start: usize) {
        // Of one that ureq has used up in part the rest stays.
        let rest = self.replaced.last().map_or(start, |it| start.max(it.at + it.stand_in.len()));
        let Some(input) = input.get_mut(rest - start..) else { return };
        let start = rest;
        let is_told =
            |begin: &[u8]| begin.iter().filter(|byte| byte.is_ascii_alphanumeric()).count() >= DRAWN;
        for mut run in repeats(input, &self.sign) {
            // What stands before a part of a sign may have no letters.
            while input[run.clone()].get(..TOLD).is_some_and(|begin| !is_told(begin)) {
                run.start += 1;
            }
            if run.len() < TOLD {
                continue;
            }
            let original = input[run.clone()].to_vec();
            let stand_in = self.draw(&original);
            input[run.clone()].copy_from_slice(&stand_in);
            self.replaced.push(Replaced { at: start + run.start, stand_in, original });
        }
    }

    fn draw(&mut self, original: &[u8]) -> Vec<u8> {
        loop {
            let mut stand_in = original.to_vec();
            for piece in stand_in.chunks_mut(size_of::<u64>()) {
                self.drawn += 1;
                let drawn = self.random.hash_one(self.drawn).to_le_bytes();
                piece.iter_mut().zip(drawn).for_each(|(byte, drawn)| *byte = like(*byte, drawn));
            }
            if told(&stand_in).is_none_or(|told| self.told.insert(told)) {
                return stand_in;
            }
        }
    }

    /// Undoes what is still there as a whole.
    fn uncover(&mut self, input: &mut [u8], start: usize) {
        let whole = self.replaced.partition_point(|it| it.at < start);
        for Replaced { at, stand_in, original } in self.replaced.drain(whole..) {
            // Of an answer on another connection nothing is here.
            let place = input.get_mut(at - start..).and_then(|input| input.get_mut(..stand_in.len()));
            if let Some(place) = place.filter(|place| **place == *stand_in) {
                place.copy_from_slice(&original);
                if let Some(told) = told(&stand_in) {
                    self.told.remove(&told);
                }
            }
        }
    }
}

/// A digit for a digit and a letter for a letter; what may have a meaning in a head stays.
fn like(byte: u8, drawn: u8) -> u8 {
    let [digit, letter] = [10, 26].map(|kinds| drawn % kinds);
    match byte {
        b'0'..=b'9' => b'0' + digit,
        b'A'..=b'Z' | b'a'..=b'z' => b'a' + letter,
        byte => byte,
    }
}

#[cfg(test)]
mod tests {
    use faceid_types::TransportKind;
    use ureq::unversioned::transport::LazyBuffers;

    use super::*;

    const SIGN: &str = "SPzLRbDBgTGC2A8YdDaa7Jrny+5hPUlDVnZDX3hVczYxNzdXRXR5VU53SUg4SjZOZkd1NTB0JmI9MTUzMDc2MjIxOCZj\
                        PTE1MzA3NjIxMTgmZD0wNzk5Njg3MDY2";

    /// An exchange that has just begun, with this sign.
    fn begun(echoes: &Echoes, sign: &str) -> u64 {
        echoes.begin_listened(form(sign).as_bytes()).expect("a sign")
    }

    fn form(sign: &str) -> String {
        format!("--x\r\ncontent-disposition: form-data; name=\"sign\"\r\n\r\n{sign}\r\n--x--")
    }

    /// With this in it.
    fn buffers(text: &[u8]) -> LazyBuffers {
        let mut buffers = LazyBuffers::new(4096, 4096);
        append(&mut buffers, text);
        buffers
    }

    fn append(buffers: &mut LazyBuffers, text: &[u8]) {
        buffers.input_append_buf()[..text.len()].copy_from_slice(text);
        buffers.input_appended(text.len());
    }

    fn answer(echoes: &Echoes, exchange: u64, body: &[u8]) -> Vec<u8> {
        let mut answer = Ok(Response::new(body.to_vec()));
        echoes.end(exchange, &mut answer);
        answer.expect("an answer").into_body()
    }

    /// What ureq sees of an answer that comes in pieces, of which it uses up so many bytes after each, and the answer
    /// that is handed on.
    fn seen(text: &[u8], pieces: usize, used: impl Fn(usize) -> usize) -> (Vec<Vec<u8>>, Vec<u8>) {
        let mut seen = Vec::new();
        let echoes = Echoes::default();
        let exchange = begun(&echoes, SIGN);
        let mut buffers = buffers(b"");
        let mut body = Vec::new();
        let mut came = 0;
        for piece in text.chunks(pieces) {
            append(&mut buffers, piece);
            came += piece.len();
            echoes.hide(exchange, &mut buffers, came).expect("it is not much");
            let used = used(buffers.input().len());
            seen.push(buffers.input()[..used].to_vec());
            body.extend(&buffers.input()[..used]);
            buffers.input_consume(used);
        }
        body.extend(buffers.input());
        seen.push(buffers.input().to_vec());
        (seen, answer(&echoes, exchange, &body))
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
            format!("{{\"x\":\"{}\",\"biz_token\":\"{}{}\"}}", "/".repeat(16), "/".repeat(27), &SIGN[27..]),
            format!("{{\"x\":\"{0}\",\"y\":\"{0}{1}\",\"z\":\"{0}{1}\"}}", "=".repeat(27), &SIGN[27..60]),
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
    fn a_part_of_few_letters_is_hidden_too() {
        let sign = "6k9C++NQH/cJ/hyJX1+/0MYdDaaPWZha2Uta2V5JmI9MTUz";
        for run in [4..20, 4..30, 0..sign.len()] {
            let text = format!("location: https://fake.test/{} {}", &sign[run.clone()], &sign[run]);
            let echoes = Echoes::default();
            let exchange = begun(&echoes, sign);
            let mut buffers = buffers(text.as_bytes());
            echoes.hide(exchange, &mut buffers, text.len()).expect("it is not much");
            assert!(repeats(buffers.input(), sign.as_bytes()).is_empty(), "{text}");
            // Whatever is refused stays so.
            let kind = |byte: &u8| if byte.is_ascii_alphanumeric() { b'a' } else { *byte };
            assert!(buffers.input().iter().map(kind).eq(text.as_bytes().iter().map(kind)), "{text}");
            assert_eq!(answer(&echoes, exchange, buffers.input()), text.as_bytes());
        }
    }

    #[test]
    fn each_exchange_has_its_own() {
        let text = format!("x: {SIGN}");
        let other = SIGN.replace("SPzLRb", "aaaaaa");
        let echoes = Echoes::default();
        assert_eq!(echoes.exchange_of(form(SIGN).as_bytes()), None, "it has not begun");
        // A logger that panics leaves one.
        begun(&echoes, &other.replace("aaaaaa", "bbbbbb"));
        let outer = begun(&echoes, SIGN);
        let mut outer_buffers = buffers(text.as_bytes());
        echoes.hide(outer, &mut outer_buffers, text.len()).expect("it is not much");
        for outcome in [Ok(Response::new(Vec::new())), Err(TransportKind::Timeout.into())] {
            let mut outcome = outcome;
            let inner = begun(&echoes, &other);
            echoes.hide(inner, &mut buffers(b""), 0).expect("it is not much");
            echoes.end(inner, &mut outcome);
            let mut unlistened = buffers(other.as_bytes());
            echoes.hide(inner, &mut unlistened, other.len()).expect("it is not much");
            assert_eq!(unlistened.input(), other.as_bytes(), "it is at its end");
        }
        assert_eq!(echoes.exchange_of(form(SIGN).as_bytes()), Some(outer));
        for sent in ["", "POST / HTTP/1.1\r\n\r\n", &form("data"), &form("")] {
            assert_eq!(echoes.exchange_of(sent.as_bytes()), None, "{sent:?}");
        }
        assert_ne!(outer_buffers.input(), text.as_bytes());
        assert_eq!(answer(&echoes, outer, outer_buffers.input()), text.as_bytes());
        assert_eq!(format!("{echoes:?}"), "Echoes { .. }");
    }

    #[test]
    fn many_repeats_in_many_headers() {
        // What each is told by has 8 characters that are drawn.
        let body = ["========", &SIGN[40..56], " "].concat().repeat(15_000);
        let mut outcome = Ok(Response::new(Vec::new()));
        let echoes = Echoes::default();
        let exchange = begun(&echoes, SIGN);
        let started = std::time::Instant::now();
        let mut came = 0;
        for piece in body.as_bytes().chunks(4096) {
            let mut buffers = buffers(piece);
            came += piece.len();
            echoes.hide(exchange, &mut buffers, came).expect("it is not much");
            outcome.as_mut().expect("an answer").body_mut().extend(buffers.input());
        }
        let headers = outcome.as_mut().expect("an answer").headers_mut();
        for number in 0..115 {
            let name = http::HeaderName::try_from(format!("x-{number}")).expect("a name");
            headers.insert(name, HeaderValue::from_static("fake-value-of-a-header"));
        }
        echoes.end(exchange, &mut outcome);
        assert!(started.elapsed().as_secs() < 10);
        assert_eq!(outcome.expect("an answer").body(), body.as_bytes());
    }

    #[test]
    fn what_is_kept_has_an_end() {
        let piece = [&SIGN[40..56], " "].concat().repeat(200);
        let echoes = Echoes::default();
        let exchange = begun(&echoes, SIGN);
        let hidden = (1..100)
            .map(|number| echoes.hide(exchange, &mut buffers(piece.as_bytes()), number * piece.len()));
        assert_eq!(hidden.take_while(Result::is_ok).count(), MOST / 200);
    }

    #[test]
    fn what_ureq_has_not_used_is_not_remembered() {
        let text = [&SIGN[40..56], " "].concat().repeat(100);
        let echoes = Echoes::default();
        let exchange = begun(&echoes, SIGN);
        let mut buffers = buffers(b"");
        for (at, byte) in text.bytes().enumerate() {
            append(&mut buffers, &[byte]);
            echoes.hide(exchange, &mut buffers, at + 1).expect("it is not much");
        }
        let remembered =
            echoes.lock().get(&exchange).map(|hidden| (hidden.told.len(), hidden.replaced.len()));
        assert_eq!(remembered, Some((100, 100)));
        assert_eq!(answer(&echoes, exchange, buffers.input()), text.as_bytes());
        assert!(echoes.lock().is_empty());
    }

    #[test]
    fn an_answer_that_breaks_off_is_handed_on() {
        for len in TOLD..SIGN.len() {
            let text = format!("x: {SIGN}");
            let echoes = Echoes::default();
            let exchange = begun(&echoes, SIGN);
            let mut buffers = buffers(text.as_bytes());
            echoes.hide(exchange, &mut buffers, text.len()).expect("it is not much");
            let handed_on = answer(&echoes, exchange, &buffers.input()[..3 + len]);
            assert_eq!(handed_on, &text.as_bytes()[..3 + len]);
        }
    }
}
