//! Hides in a server's text what it repeats of a request.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::ops::Range;

use memchr::memchr_iter;
use serde_json::Value;

/// Replaces what must not be shown by its name in brackets, and runs of it that are long enough to be of use: a server
/// that puts a backslash before it, or cuts it, repeats most of it.
pub(crate) fn redacted<'text>(text: &'text str, secrets: &[(&str, &str)]) -> Cow<'text, str> {
    let mut hidden: Vec<(Range<usize>, &str)> = Vec::new();
    for (name, secret) in secrets {
        hidden.extend(runs(text, secret).map(|run| (run, *name)));
        // An error that is an object is shown as JSON, where a quote is escaped.
        if secret.bytes().any(|byte| byte.is_ascii_control() || matches!(byte, b'"' | b'\\')) {
            let quoted = Value::from(*secret).to_string();
            hidden.extend(runs(text, &quoted[1..quoted.len() - 1]).map(|run| (run, *name)));
        }
    }
    if hidden.is_empty() {
        return text.into();
    }
    // A value may be a part of another one: the longer one covers it.
    hidden.sort_unstable_by_key(|(run, _)| (run.start, Reverse(run.end)));
    let mut shown = String::with_capacity(text.len());
    let mut end = 0;
    for (run, name) in hidden {
        if run.start >= end {
            shown.extend([&text[end..run.start], "[", name, "]"]);
        }
        end = end.max(run.end);
    }
    shown.push_str(&text[end..]);
    shown.into()
}

fn runs<'text>(text: &'text str, secret: &str) -> impl Iterator<Item = Range<usize>> + use<'text> {
    repeats(text.as_bytes(), secret.as_bytes()).into_iter().map(|run| whole_characters(text, run))
}

/// Where a text repeats a secret: all of it, or most of one that is short, or 16 bytes of one that is long.
///
/// What stands where the rest of the secret would is taken with it, as far as it is of letters, digits, `+`, `/` and `=`.
/// So by the sign of one request those of others are found as well: what all signs of a key share is in their middle.
///
/// Of a secret of more than 1024 bytes the first so many are looked for.
///
/// For a transport that has something to hide from a log of its own; errors and answers hide what they show themselves. The
/// ranges are in order, and may overlap.
///
/// ```
/// let text = b"no such user: 0123456789abcdef.";
/// assert_eq!(faceid_types::repeats(text, b"0123456789abcdef"), [14..30]);
/// assert!(faceid_types::repeats(text, b"012").is_empty(), "what is so short is found everywhere");
/// ```
#[must_use]
pub fn repeats(text: &[u8], secret: &[u8]) -> Vec<Range<usize>> {
    // A short value would be found everywhere, and garble the text without hiding anything.
    const SHORTEST: usize = 4;
    const LONGEST: usize = 16;
    // What is longer is data, and a search for all of it would take seconds.
    const SEARCHED: usize = 1024;

    let mut runs = Vec::new();
    if secret.len() < SHORTEST {
        return runs;
    }
    let shortest = (secret.len() - 1).clamp(SHORTEST, LONGEST);
    // Each run has in it one whole block of this length, wherever it begins.
    let step = shortest / 2;
    let (len, secret) = (secret.len(), &secret[..secret.len().min(SEARCHED)]);
    let mut at = 0;
    while let Some(block) = text.get(at..at + step) {
        let around = |found: usize| {
            let before = text[..at].iter().rev().zip(secret[..found].iter().rev());
            let after = text[at..].iter().zip(&secret[found..]);
            let before = before.take_while(|(a, b)| a == b).count();
            (at - before..at + after.take_while(|(a, b)| a == b).count(), found - before)
        };
        // Secrets are short: to prepare a search for the whole block takes longer than the search.
        let found = memchr_iter(block[0], secret).filter(|found| secret[*found..].starts_with(block));
        let longest = found.map(around).max_by_key(|(run, _)| run.len());
        at += step;
        if let Some((run, place)) = longest.filter(|(run, _)| run.len() >= shortest) {
            let missing = len - place - run.len();
            let before =
                text[..run.start].iter().rev().take(place).take_while(|byte| is_of_a_sign(**byte)).count();
            let after = text[run.end..].iter().take(missing).take_while(|byte| is_of_a_sign(**byte)).count();
            let run = run.start - before..run.end + after;
            at = at.max(run.end);
            runs.push(run);
        }
    }
    runs
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
    use super::redacted;

    #[test]
    fn runs_of_what_is_secret() {
        const SIGN: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        const SECRETS: [(&str, &str); 7] = [
            ("sign", SIGN),
            ("uuid", "user-7"),
            ("longer", "user-7-and-more"),
            ("name", "王小明一二三"),
            ("accent", "é-12345"),
            ("short", "abc"),
            ("quoted", r#"7"89"#),
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
            (r#"no 7\"8"#, "no [quoted]"),
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

    #[test]
    fn names_that_are_values() {
        let secrets = [("uuid", "uuid"), ("sign", "sign-of-uuid"), ("id", "[uuid]")];
        for (text, shown) in [("uuid", "[uuid]"), ("[uuid]", "[id]"), ("sign-of-uuid uuid", "[sign] [uuid]")]
        {
            assert_eq!(redacted(text, &secrets), shown, "{text}");
        }
    }
}
