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
        hidden.extend(runs(text, secret).into_iter().map(|run| (run, *name)));
        // An error that is an object is shown as JSON, where a quote is escaped.
        if secret.bytes().any(|byte| byte.is_ascii_control() || matches!(byte, b'"' | b'\\')) {
            let quoted = Value::from(*secret).to_string();
            hidden.extend(runs(text, &quoted[1..quoted.len() - 1]).into_iter().map(|run| (run, *name)));
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

/// Where the text repeats a secret, or most of one that is short, or 16 bytes of one that is long.
fn runs(text: &str, secret: &str) -> Vec<Range<usize>> {
    // A short value would be found everywhere, and garble the text without hiding anything.
    const SHORTEST: usize = 4;
    const LONGEST: usize = 16;

    let mut runs = Vec::new();
    if secret.len() < SHORTEST {
        return runs;
    }
    let shortest = (secret.len() - 1).clamp(SHORTEST, LONGEST);
    // Each run has in it one whole block of this length, wherever it begins.
    let step = shortest / 2;
    let (text_bytes, secret_bytes) = (text.as_bytes(), secret.as_bytes());
    let mut at = 0;
    while let Some(block) = text_bytes.get(at..at + step) {
        let around = |found: usize| {
            let before = text_bytes[..at].iter().rev().zip(secret_bytes[..found].iter().rev());
            let after = text_bytes[at..].iter().zip(&secret_bytes[found..]);
            at - before.take_while(|(a, b)| a == b).count()..at + after.take_while(|(a, b)| a == b).count()
        };
        // Secrets are short: to prepare a search for the whole block takes longer than the search.
        let found =
            memchr_iter(block[0], secret_bytes).filter(|found| secret_bytes[*found..].starts_with(block));
        let longest = found.map(around).max_by_key(Range::len);
        at += step;
        if let Some(run) = longest.filter(|run| run.len() >= shortest) {
            at = run.end.max(at);
            runs.push(whole_characters(text, run));
        }
    }
    runs
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
            ("xBCDEFGHIJKLMNOPQRSTUVWXYZ0123456789y", "x[sign]y"),
            ("a prefix ABCDEFGHIJKLMNOP.", "a prefix [sign]."),
            ("the end UVWXYZ0123456789", "the end [sign]"),
            ("too little ABCDEFGHIJKLMNO.", "too little ABCDEFGHIJKLMNO."),
            ("ABCDEFGHIJKLMNOPABCDEFGHIJKLMNOP", "[sign][sign]"),
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
    fn names_that_are_values() {
        let secrets = [("uuid", "uuid"), ("sign", "sign-of-uuid"), ("id", "[uuid]")];
        for (text, shown) in [("uuid", "[uuid]"), ("[uuid]", "[id]"), ("sign-of-uuid uuid", "[sign] [uuid]")]
        {
            assert_eq!(redacted(text, &secrets), shown, "{text}");
        }
    }
}
