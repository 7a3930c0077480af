//! Hides in a server's text what it repeats of a request.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::Range;

use serde_json::Value;

/// What of a text must not be shown: values, and runs of them that are long enough to be of use. A server that puts a
/// backslash before one, or cuts it, repeats most of it.
pub(crate) struct Redaction<'a> {
    text: &'a str,
    /// By their places, and the longer ones first, since a value may be a part of another one.
    hidden: Vec<(Range<usize>, &'a str)>,
}

impl<'a> Redaction<'a> {
    pub(crate) fn of(text: &'a str, secrets: &[(&'a str, &str)]) -> Self {
        let is_escaped = text.contains('\\');
        let mut hidden = Vec::new();
        for (name, secret) in secrets {
            let plain = repeats(text.as_bytes(), secret.as_bytes());
            let escaped = if is_escaped { repeats_escaped(text, secret) } else { Vec::new() };
            let all = plain.into_iter().chain(escaped);
            hidden.extend(all.map(|run| (whole_characters(text, run), *name)));
        }
        hidden.sort_unstable_by_key(|(run, _)| (run.start, Reverse(run.end)));
        Self { text, hidden }
    }

    /// The text with names in brackets in place of what is hidden.
    pub(crate) fn shown(&self) -> Cow<'a, str> {
        if self.hidden.is_empty() { self.text.into() } else { self.part(0..self.text.len()).into() }
    }

    /// A part of it: what is hidden of the whole is hidden of the part.
    pub(crate) fn part(&self, part: Range<usize>) -> String {
        let mut shown = String::new();
        let (mut from, mut covered) = (part.start, 0);
        for (run, name) in self.hidden.iter().take_while(|(run, _)| run.start < part.end) {
            // One that an earlier one covers in part is named where the earlier one is not.
            if run.end > from && (run.start >= covered || covered <= part.start) {
                shown.extend([&self.text[from..run.start.max(from)], "[", name, "]"]);
            }
            covered = covered.max(run.end);
            from = from.max(covered.min(part.end));
        }
        shown.push_str(&self.text[from..part.end]);
        shown
    }
}

/// Replaces what must not be shown by its name in brackets.
pub(crate) fn redacted<'text>(text: &'text str, secrets: &[(&'text str, &str)]) -> Cow<'text, str> {
    Redaction::of(text, secrets).shown()
}

/// Where a text repeats a secret: all of it, or most of one that is short, or 16 bytes of one that is long.
///
/// What stands where the rest of the secret would is taken with it, as far as it is of letters, digits, `+`, `/` and `=`.
/// So by the sign of one request those of others are found as well: what all signs of a key share is in their middle.
///
/// Of a secret of more than 1024 bytes the first so many are looked for.
///
/// For a transport that has something to hide from a log of its own; errors and answers hide what they show themselves. The
/// ranges are in order, and none touches another. The time grows with the length of the text alone.
///
/// ```
/// let text = b"no such user: 0123456789abcdef.";
/// assert_eq!(faceid_types::repeats(text, b"0123456789abcdef"), [14..30]);
/// assert!(faceid_types::repeats(text, b"012").is_empty(), "what is so short is found everywhere");
/// ```
#[must_use]
pub fn repeats(text: &[u8], secret: &[u8]) -> Vec<Range<usize>> {
    if secret.len() < SHORTEST {
        return Vec::new();
    }
    let searched = &secret[..secret.len().min(SEARCHED)];
    runs(text, searched, secret.len(), (secret.len() - 1).clamp(SHORTEST, LONGEST))
}

// A short value would be found everywhere, and garble the text without hiding anything.
const SHORTEST: usize = 4;
const LONGEST: usize = 16;
// What is longer is data.
const SEARCHED: usize = 1024;

/// The same where the secret is written so that each byte is a character that prints: in JSON, which an error that is an
/// object is shown as, and as a library shows bytes.
fn repeats_escaped(text: &str, secret: &str) -> Vec<Range<usize>> {
    if secret.len() < SHORTEST {
        return Vec::new();
    }
    let secret = &secret[whole_characters(secret, 0..secret.len().min(SEARCHED))];
    let json = Value::from(secret).to_string();
    let json = &json[1..json.len() - 1];
    let bytes = secret.as_bytes().escape_ascii().to_string().replace(r"\'", "'");
    let longest = if secret.bytes().any(|byte| byte.is_ascii_control()) { 6 } else { 2 };
    // Less the longest escape: all but a byte. What is shorter still stands in escapes of other bytes too.
    let width = |form: &str, longest| form.len().saturating_sub(longest).clamp(SHORTEST + 1, LONGEST);
    let find = |form: &str, longest| runs(text.as_bytes(), form.as_bytes(), form.len(), width(form, longest));
    let mut found = if json == secret { Vec::new() } else { find(json, longest) };
    if bytes != json {
        found.extend(find(&bytes, 4));
    }
    found
}

/// Where a text has so much of what is searched for, or more; it is the beginning of what has this length.
fn runs(text: &[u8], searched: &[u8], len: usize, width: usize) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    let pairs = Pairs::of(searched);
    let mut places = None;
    let mut at = 0;
    while let Some(window) = text.get(at..at + width) {
        // No window with a pair that the secret has not is a part of it.
        if let Some(foreign) = window.windows(2).rposition(|pair| !pairs.may_have(pair)) {
            at += foreign + 1;
            continue;
        }
        let places = places.get_or_insert_with(|| places_of(searched, width));
        let Some(&(_, place)) = places.get(window) else {
            at += 1;
            continue;
        };
        let free = runs.last().map_or(0, |run| run.end);
        let before = text[free.min(at)..at].iter().rev().take(place);
        let start = at - before.take_while(|byte| is_of_a_sign(**byte)).count();
        let mut end_place = 0;
        while let Some((first, _)) = text.get(at..at + width).and_then(|window| places.get(window)) {
            end_place = first + width;
            at += 1;
        }
        let end = at + width - 1;
        let reached = end.max(free);
        let after = text[reached..].iter().take((end + len - end_place).saturating_sub(reached));
        let end = reached + after.take_while(|byte| is_of_a_sign(**byte)).count();
        match runs.last_mut() {
            Some(run) if run.end >= start => run.end = end,
            _ => runs.push(start..end),
        }
    }
    runs
}

/// Which pairs of neighbouring bytes a text has, or some that look alike: enough to pass over most of what is not of it.
struct Pairs([u64; 64]);

impl Pairs {
    fn of(text: &[u8]) -> Self {
        let mut pairs = Self([0; 64]);
        for (before, byte) in text.iter().zip(text.get(1..).unwrap_or_default()) {
            pairs.0[usize::from(before % 64)] |= 1 << (byte % 64);
        }
        pairs
    }

    fn may_have(&self, pair: &[u8]) -> bool {
        self.0[usize::from(pair[0] % 64)] & 1 << (pair[1] % 64) != 0
    }
}

/// The first and the last place of each part of this width.
fn places_of(secret: &[u8], width: usize) -> HashMap<&[u8], (usize, usize)> {
    let mut places = HashMap::new();
    for (place, part) in secret.windows(width).enumerate() {
        places.entry(part).or_insert((place, place)).1 = place;
    }
    places
}

fn is_of_a_sign(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

/// A character that is hidden in part is hidden.
fn whole_characters(text: &str, mut run: Range<usize>) -> Range<usize> {
    while !text.is_char_boundary(run.start) {
        run.start -= 1;
    }
    while !text.is_char_boundary(run.end) {
        run.end += 1;
    }
    run
}

#[cfg(test)]
mod tests {
    use super::{Redaction, Value, redacted};

    #[test]
    fn runs_of_what_is_secret() {
        const SIGN: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        const SECRETS: [(&str, &str); 14] = [
            ("sign", SIGN),
            ("uuid", "user-7"),
            ("longer", "user-7-and-more"),
            ("name", "王小明一二三"),
            ("accent", "é-12345"),
            ("short", "abc"),
            ("quoted", r#"7"89"#),
            ("neil", r#"O"Neil"#),
            ("zoé", "Zoé O'Sullivan"),
            ("path", r"C:\x\"),
            ("two", "王明"),
            ("eight", "qrstuvwx"),
            ("é1", "é1"),
            ("control", "ab\u{1}c"),
        ];
        // text, and what is shown of it
        let cases = [
            ("nothing", "nothing"),
            ("", ""),
            ("x ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 y", "x [sign] y"),
            ("-BCDEFGHIJKLMNOPQRSTUVWXYZ0123456789y", "-[sign]y"),
            ("xBCDEFGHIJKLMNOPQRSTUVWXYZ0123456789y", "[sign]y"),
            ("ABCDEFGHIJKLMNOPABCDEFGHIJKLMNOP", "[sign]"),
            // Another sign of the same key, and what stands before and after where it can.
            ("x: zyxEFGHIJKLMNOPQRSTUVWXYZ0987654321.", "x: [sign]."),
            ("aazyxEFGHIJKLMNOPQRSTUVWXYZ098765432100", "a[sign]00"),
            ("zyx-FGHIJKLMNOPQRSTUVWXYZ098-", "zyx-[sign]-"),
            ("a prefix ABCDEFGHIJKLMNOP.", "a prefix [sign]."),
            ("the end UVWXYZ0123456789", "the end [sign]"),
            ("too little ABCDEFGHIJKLMNO.", "too little ABCDEFGHIJKLMNO."),
            ("ABCDEFGHIJKLMNOP ABCDEFGHIJKLMNOP", "[sign] [sign]"),
            ("no user-7", "no [uuid]"),
            ("no ser-7", "no [uuid]"),
            ("no user-", "no [uuid]"),
            ("no user", "no user"),
            (r#"7"89"#, "[quoted]"),
            (r#"no 7\"89"#, "no [quoted]"),
            (r#"no 7\"8"#, r#"no 7\"8"#),
            (r#"{"m":"no O\"Neil."}"#, r#"{"m":"no [neil]."}"#),
            (r#"{"m":"no O\"Nei."}"#, r#"{"m":"no [neil]."}"#),
            (r#"{"m":"no \"Neil."}"#, r#"{"m":"no [neil]."}"#),
            (r#"{"m":"no Neil."}"#, r#"{"m":"no Neil."}"#),
            (r#"b"no \xc3\xa9-12345""#, r#"b"no [accent]""#),
            (r#"b"no \xa9-12345""#, r#"b"no [accent]""#),
            (r#"b"no Zo\xc3\xa9 O'Sullivan.""#, r#"b"no [zoé].""#),
            (r#"{"m":"no C:\\x."}"#, r#"{"m":"no [path]."}"#),
            (r"\ qrstuvw", r"\ [eight]"),
            (r"\ qrstuv", r"\ qrstuv"),
            (r"\xc3\xa91", r"\xc3\xa91"),
            (r"\xc3\xa9-", r"\xc3\xa9-"),
            (r#"{"m":"no ab\u0001c."}"#, r#"{"m":"no [control]."}"#),
            (r"b'\xe7\xb3\xbb\xe7\xbb\x9f' \xc3 00017", r"b'\xe7\xb3\xbb\xe7\xbb\x9f' \xc3 00017"),
            ("no user-7-and-more", "no [longer]"),
            ("abc", "abc"),
            ("王小明一二三", "[name]"),
            ("明一二三王小明一二三王", "明一二三[name]王"),
            // The last character is another, and begins with the same bytes; the first one, and ends with the same.
            ("x 王小明一二世", "x [name]"),
            ("x ĩ-12345", "x [accent]"),
        ];
        for (text, shown) in cases {
            assert_eq!(redacted(text, &SECRETS), shown, "{text}");
        }
    }

    #[test]
    fn each_place_and_length() {
        let secret: String = (0..124_u8).map(|nth| char::from(b'!' + nth % 90)).collect();
        for start in 0..=secret.len() - 16 {
            for end in start + 16..=secret.len() {
                for before in ["", "é", "\u{7f}\u{7f}\u{7f}"] {
                    let text = format!("{before}{}é", &secret[start..end]);
                    assert_eq!(redacted(&text, &[("sign", &secret)]), format!("{before}[sign]é"), "{text}");
                }
            }
        }
    }

    #[test]
    fn the_end_of_what_is_long_when_escaped() {
        let quotes = (0..80).map(|nth| format!("\"{nth:04}\"\"")).collect::<Vec<_>>().concat();
        let characters: String = ('一'..).take(400).collect();
        let json = Value::from(&quotes[500..]).to_string();
        let bytes = characters.as_bytes()[960..1020].escape_ascii().to_string();
        for (secret, text) in [(quotes, json), (characters, format!("\"{bytes}\""))] {
            assert_eq!(redacted(&text, &[("x", &secret)]), "\"[x]\"", "{text}");
        }
    }

    #[test]
    fn the_beginning_of_what_is_long() {
        let secret = (0..1000).map(|nth| format!("{nth:05}")).collect::<Vec<_>>().concat();
        // text, and where the first find is: what follows a run is taken along to the end of the whole
        let cases = [
            (secret[1000..1024].to_owned(), Some(0..24)),
            (secret[1000..1010].to_owned(), None),
            (secret[2000..2100].to_owned(), None),
            (format!("-{}-", &secret[1000..1100]), Some(1..101)),
            (format!("{}{}", &secret[900..1000], "x".repeat(5000)), Some(0..4100)),
        ];
        for (text, found) in cases {
            let mut repeats = super::repeats(text.as_bytes(), secret.as_bytes()).into_iter();
            assert_eq!((repeats.next(), repeats.next()), (found, None), "{text}");
        }
    }

    /// Each place of the secret fits each place of the text.
    #[test]
    fn a_long_text_of_one_letter() {
        let text = "a".repeat(256 * 1024);
        let started = std::time::Instant::now();
        for len in [20, 128, 1024, 5000] {
            assert_eq!(redacted(&text, &[("uuid", &"a".repeat(len))]), "[uuid]", "{len}");
        }
        assert!(started.elapsed().as_secs() < 10);
    }

    #[test]
    fn a_part_that_two_values_cover() {
        let text = "AUTHORIZATION_ERROR:12345678.";
        let redaction = Redaction::of(text, &[("one", "ERROR:"), ("other", "ROR:12345678")]);
        let cases = [
            (0..text.len(), "AUTHORIZATION_[one]."),
            (0..19, "AUTHORIZATION_[one]"),
            (0..5, "AUTHO"),
            (16..18, "[one]"),
            (20..28, "[other]"),
            (20..29, "[other]."),
            (28..29, "."),
            (14..14, ""),
        ];
        for (part, shown) in cases {
            assert_eq!(redaction.part(part.clone()), shown, "{part:?}");
        }
    }

    #[test]
    fn names_that_are_values() {
        let secrets = [("uuid", "uuid"), ("sign", "sign-of-uuid"), ("id", "[uuid]")];
        for (text, shown) in [("uuid", "[uuid]"), ("[uuid]", "[id]"), ("sign-of-uuid uuid", "[sign] [uuid]")]
        {
            assert_eq!(redacted(text, &secrets), shown, "{text}");
        }
    }
}
