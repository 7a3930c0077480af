//! Texts that a server wrote.

use std::fmt;
use std::ops::Deref;

/// The longest that [`Text`] shows itself, in bytes.
const SHOWN: usize = 256;

/// A text that a server wrote.
///
/// It derefs to the text as received. Shown by `Display` or `Debug` it is safe to print and to log: control characters,
/// bidirectional marks and whatever else does not print are escaped, and it is cut at 256 bytes.
///
/// ```
/// use faceid_types::Text;
///
/// let text = Text::from("no such\u{1b}[31m scene");
/// assert_eq!(text.to_string(), r"no such\u{1b}[31m scene");
/// assert_eq!(text, "no such\u{1b}[31m scene");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Text(Box<str>);

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<T: Into<Box<str>>> From<T> for Text {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

impl Text {
    fn show(&self, f: &mut fmt::Formatter<'_>, quotes: &[char]) -> fmt::Result {
        let mut room = SHOWN;
        for character in self.chars() {
            let plain = quotes.contains(&character);
            let shown: String = if plain { character.into() } else { character.escape_debug().collect() };
            let Some(left) = room.checked_sub(shown.len()) else { return f.write_str("...") };
            room = left;
            f.write_str(&shown)?;
        }
        Ok(())
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.show(f, &['"', '\''])
    }
}

/// In quotes, which nothing in the text can close.
impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        self.show(f, &['\''])?;
        f.write_str("\"")
    }
}
