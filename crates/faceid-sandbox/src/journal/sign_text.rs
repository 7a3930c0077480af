//! Signs in a text, in whatever way they were broken, escaped or encoded once more.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// `&c=` and `&d=` with a digit behind, in base64 from any place on.
const FIELDS: [[&[u8]; 3]; 2] = [[b"JmM9", b"ZjPT", b"mYz0"], [b"JmQ9", b"ZkPT", b"mZD0"]];
/// How often a sign may be encoded beyond the first time.
const ENCODED: u8 = 2;

/// Whether one is somewhere in it.
pub(super) fn holds_sign(text: &[u8]) -> bool {
    let has = |letters: &[u8], field: &[&[u8]]| !places(letters, field).is_empty();
    layers(text, ENCODED).iter().any(|letters| FIELDS.iter().all(|field| has(letters, field)))
}

/// Whether a sign, which need not decode, says that it is of this key, and no other sign stands in it.
pub(crate) fn is_one_of(sign: &[u8], api_key: &str) -> bool {
    const LONGEST: usize = 4096;
    /// From the key to d in the letters of a sign, with times of 17 characters; a digest and a text of its own take more.
    const TO_NONCE: usize = 60;

    if sign.len() > LONGEST {
        return false;
    }
    let keys =
        ["a=", "a%3D", "a%3d"].map(|before| ["&", "%26"].map(|after| [before, api_key, after].concat()));
    let is_plain = keys.as_flattened().iter().any(|key| !places(sign, &[key.as_bytes()]).is_empty());
    let forms: Vec<_> = keys.as_flattened().iter().flat_map(|key| encoded(key.as_bytes())).collect();
    let forms: Vec<_> = forms.iter().map(Vec::as_slice).collect();
    let reach = forms.iter().map(|form| form.len()).max().unwrap_or(0) + TO_NONCE;
    let mut named = usize::from(is_plain);
    layers(sign, ENCODED).iter().all(|letters| {
        let keys = places(letters, &forms);
        named += keys.len();
        let is_of_key = |nonce: &usize| keys.iter().any(|key| (*key..key + reach).contains(nonce));
        places(letters, &FIELDS[1]).iter().all(is_of_key)
    }) && named == 1
}

/// What a text has of letters, and what is beneath its base64, so many times over.
fn layers(text: &[u8], times: u8) -> Vec<Vec<u8>> {
    /// A digest, and `a=k&b=0&c=0&d=0`.
    const SHORTEST: usize = (20_usize + 15).div_ceil(3) * 4;

    if text.len() < SHORTEST {
        return Vec::new();
    }
    let letters = letters(text);
    let mut layers = Vec::new();
    if times > 0 {
        let starts = (0..4).filter_map(|at| letters.get(at..));
        let decoded = starts.filter_map(|rest| STANDARD_NO_PAD.decode(&rest[..rest.len() / 4 * 4]).ok());
        layers.extend(decoded.flat_map(|inner| self::layers(&inner, times - 1)));
    }
    layers.push(letters);
    layers
}

/// The letters that a text has in base64, where it begins with a group of four, and one and two bytes after that.
fn encoded(text: &[u8]) -> [Vec<u8>; 3] {
    [0_usize, 1, 2].map(|before| {
        let encoded = STANDARD_NO_PAD.encode([&[0; 2][..before], text].concat());
        // What bits of its neighbours are part of is left out.
        let whole = (before * 8).div_ceil(6)..(before + text.len()) * 8 / 6;
        letters(&encoded.as_bytes()[whole])
    })
}

/// Where any of what is wanted begins in a text.
fn places(text: &[u8], wanted: &[&[u8]]) -> Vec<usize> {
    (0..text.len()).filter(|at| wanted.iter().any(|form| text[*at..].starts_with(form))).collect()
}

/// A text without what can stand anywhere in base64 and break it: lines, blanks, and the two as they are escaped in a URL, in
/// JSON and on a page. No field has a `+` or `/` in base64, nor has what is encoded again.
fn letters(text: &[u8]) -> Vec<u8> {
    let mut letters = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        rest = match byte {
            b'%' => {
                // A percent sign may be escaped itself, and again.
                let mut code = after;
                while let Some(inner) = code.strip_prefix(b"25") {
                    code = inner;
                }
                code.get(2..).unwrap_or_default()
            }
            b'\\' => {
                // So may a backslash.
                let start = after.iter().position(|byte| *byte != b'\\').unwrap_or(after.len());
                let length = match after.get(start) {
                    Some(b'u') => 5,
                    Some(b'x') => 3,
                    _ => 1,
                };
                after.get(start + length..).unwrap_or_default()
            }
            b'&' => {
                let end = after.iter().take(8).position(|byte| *byte == b';');
                end.map_or(after, |end| &after[end + 1..])
            }
            b'<' => {
                let end = after.iter().take(8).position(|byte| *byte == b'>');
                end.map_or(after, |end| &after[end + 1..])
            }
            _ => after,
        };
        if byte.is_ascii_alphanumeric() {
            letters.push(byte);
        }
    }
    letters
}

#[cfg(test)]
mod tests {
    use faceid_sign::{Credentials, Nonce, Stamp, Validity};

    use crate::journal::cut;

    #[test]
    fn a_sign_is_known_however_it_is_broken() {
        let key = "company-prod-api-key";
        let credentials = Credentials::new(key, "fake-secret").unwrap();
        let stamp = Stamp::new(1_795_867_900, Nonce::new("0799687066").unwrap());
        let sign = credentials.sign(&stamp, Validity::default()).unwrap();
        let (sign, longest) = (sign.expose(), 512);
        let breaks = [
            "", " ", "\r\n", "%0A", "%0D%0A", "%250A", "%25250a", r"\n", r"\r\n", r"\u000a", r"\\n", r"\x0a",
            "<br>", "<br />", "&#10;", "&#xA;", "&nbsp;",
        ];
        for broken in breaks {
            for at in 1..sign.len() {
                let text = format!("{}{broken}{}", &sign[..at], &sign[at..]);
                assert_eq!(cut(&text, longest), "(a sign)", "{broken:?} at {at}");
            }
        }
        for text in ["", "50% of 100%", r"C:\new", "a < b", "x".repeat(200).as_str()] {
            assert_eq!(cut(text, longest), text);
        }
    }
}
