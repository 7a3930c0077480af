//! What is said, in English and Chinese.
//!
//! A [`Phrase`] has no language until it is shown, so what fails need not know who listens.

mod hints;
mod slips;
mod table;

use std::{env, fmt};

use clap::ValueEnum;
use faceid_blocking::{Hint, Slip};

pub(crate) use crate::speech::table::Say;

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// English
    En,
    /// 中文
    Zh,
}

impl Lang {
    /// By the first of these that is set, as POSIX has it.
    pub(crate) fn of_environment() -> Self {
        let set = |name| env::var(name).ok().filter(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set);
        let language = locale.as_deref().and_then(|locale| locale.split(['_', '-', '.', '@']).next());
        if language.is_some_and(|language| language.eq_ignore_ascii_case("zh")) { Self::Zh } else { Self::En }
    }
}

/// Something to say.
#[derive(Debug, Clone)]
pub(crate) enum Phrase {
    /// The same in each language: a name, a number, somebody else's words.
    Verbatim(String),
    Say(Say, Vec<Phrase>),
    Hint(Hint),
    Slip(Slip),
}

impl Phrase {
    pub(crate) fn to(&self, lang: Lang) -> String {
        match self {
            Self::Verbatim(text) => printable(text),
            Self::Say(say, parts) => {
                let parts: Vec<String> = parts.iter().map(|part| part.to(lang)).collect();
                fill(say.text(lang), &parts)
            }
            Self::Hint(hint) => hints::text(*hint, lang),
            Self::Slip(slip) => slips::text(*slip, lang),
        }
    }
}

/// In English: who knows the language asks [`Phrase::to`].
impl fmt::Display for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to(Lang::En))
    }
}

/// What a value of the command line is refused with.
impl std::error::Error for Phrase {}

impl Say {
    /// With what stands in place of `{0}`, `{1}` and so on.
    pub(crate) fn with<const N: usize>(self, parts: [Phrase; N]) -> Phrase {
        Phrase::Say(self, parts.into())
    }
}

impl From<Say> for Phrase {
    fn from(say: Say) -> Self {
        Self::Say(say, Vec::new())
    }
}

impl From<String> for Phrase {
    fn from(text: String) -> Self {
        Self::Verbatim(text)
    }
}

/// In the system's own words.
#[cfg(feature = "sandbox")]
impl From<std::io::Error> for Phrase {
    fn from(error: std::io::Error) -> Self {
        Self::Verbatim(error.to_string())
    }
}

impl From<&str> for Phrase {
    fn from(text: &str) -> Self {
        Self::Verbatim(text.to_owned())
    }
}

impl From<Hint> for Phrase {
    fn from(hint: Hint) -> Self {
        Self::Hint(hint)
    }
}

impl From<Slip> for Phrase {
    fn from(slip: Slip) -> Self {
        Self::Slip(slip)
    }
}

/// Whether a terminal obeys it, or shows nothing of it: control characters, what turns the direction of text, Unicode's own
/// line ends, and characters without width.
pub(crate) fn steers(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

/// On one line, and with nothing in it that a terminal obeys.
pub(crate) fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if steers(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// In one pass: what a part says is never taken for a place.
fn fill(template: &str, parts: &[String]) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let (place, after) = after.split_once('}').unwrap_or((after, ""));
        let part = place.parse().ok().and_then(|place: usize| parts.get(place));
        filled.push_str(part.map_or("", String::as_str));
        rest = after;
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_once() {
        let parts = ["{1}".to_owned(), "b".to_owned()];
        let cases = [("", ""), ("x", "x"), ("{0} {1}", "{1} b"), ("{1}{1}", "bb"), ("{2}.", "."), ("{", "")];
        for (template, expected) in cases {
            assert_eq!(fill(template, &parts), expected, "{template}");
        }
    }

    /// A translation must not lose a part, nor keep what nobody fills.
    #[test]
    fn both_languages_have_the_same_places() {
        for say in Say::ALL {
            let places = |lang| {
                let mut places: Vec<&str> =
                    say.text(lang).split('{').skip(1).map(|rest| &rest[..1]).collect();
                places.sort_unstable();
                places
            };
            assert_eq!(places(Lang::En), places(Lang::Zh), "{say:?}");
            assert!(!say.text(Lang::Zh).is_empty() && !say.text(Lang::En).is_empty(), "{say:?}");
        }
    }
}
