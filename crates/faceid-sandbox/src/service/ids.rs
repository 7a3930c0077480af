//! Request ids and tokens, with the look of the documentation's example: `seconds,uuid`. [get token]
//!
//! A token's uuid is half a number that does not repeat and half a MAC over that number and the time of issue, so a
//! token can be checked and none has to be stored.

use crate::random::Random;

/// By which a sandbox tells its own tokens from those of other sandboxes. The numbers in them are drawn elsewhere.
pub(crate) struct Ids(Random);

/// What a token says of itself, once its MAC was found right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenClaims {
    /// UNIX time in seconds at which it was issued, by the sandbox's clock.
    pub issued_at: u64,
    /// UNIX time in seconds from which on it is no longer valid.
    pub expires_at: u64,
}

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// It does not look like a token at all.
    #[error("not a token")]
    Malformed,
    /// This sandbox did not issue it.
    #[error("a token that this sandbox did not issue")]
    Forged,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
}

impl Ids {
    pub(crate) fn new(random: Random) -> Self {
        Self(random)
    }

    pub(crate) fn request_id(seconds: u64, draws: &Random) -> String {
        text(seconds, draws.draw(), draws.draw())
    }

    pub(crate) fn token(&self, seconds: u64, draws: &Random) -> String {
        self.token_of(seconds, draws.draw())
    }

    /// Whether this sandbox issued the token, and whether it is valid for `lifetime` seconds.
    pub(crate) fn check(&self, token: &str, now: u64, lifetime: u64) -> Result<TokenClaims, TokenError> {
        let (issued_at, number) = read(token).ok_or(TokenError::Malformed)?;
        let expected = self.token_of(issued_at, number);
        let differences = expected.bytes().zip(token.bytes()).map(|(a, b)| a ^ b);
        // Every byte is looked at, so the time it takes tells nothing of the MAC.
        if expected.len() != token.len() || differences.fold(0, |all, one| all | one) != 0 {
            return Err(TokenError::Forged);
        }
        let expires_at = issued_at.saturating_add(lifetime);
        if now >= expires_at {
            return Err(TokenError::Expired);
        }
        Ok(TokenClaims { issued_at, expires_at })
    }

    fn token_of(&self, seconds: u64, number: u64) -> String {
        let number = Uuid::first_half(number);
        let mac = self.0.mac(&[b"issued", &seconds.to_be_bytes(), &number.to_be_bytes()]);
        text(seconds, number, mac)
    }
}

/// The halves of a random uuid, with the bits that say so.
struct Uuid;

impl Uuid {
    const fn first_half(bits: u64) -> u64 {
        bits & !0xF000 | 0x4000
    }

    const fn second_half(bits: u64) -> u64 {
        bits & !(0b11 << 62) | 0b10 << 62
    }
}

fn text(seconds: u64, first: u64, second: u64) -> String {
    let (first, second) = (Uuid::first_half(first), Uuid::second_half(second));
    format!(
        "{seconds},{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        first >> 32,
        first >> 16 & 0xFFFF,
        first & 0xFFFF,
        second >> 48,
        second & 0xFFFF_FFFF_FFFF,
    )
}

/// The seconds and the first half of the uuid.
fn read(token: &str) -> Option<(u64, u64)> {
    let (digits, uuid) = token.split_once(',')?;
    let seconds: u64 = digits.parse().ok()?;
    let is_uuid = uuid.len() == 36
        && uuid.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        });
    // A number that is written in another way is another text, and no text of ours.
    if !is_uuid || seconds.to_string() != digits {
        return None;
    }
    let first = [&uuid[..8], &uuid[9..13], &uuid[14..18]].concat();
    Some((seconds, u64::from_str_radix(&first, 16).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens() {
        const NOW: u64 = 1_531_397_038;
        let (ids, others) = (Ids::new(Random::new(1)), Ids::new(Random::new(2)));
        let draws = Random::new(3);
        let token = ids.token(NOW, &draws);
        let claims = TokenClaims { issued_at: NOW, expires_at: NOW + 3600 };
        let moved = token.replacen("1531397038", "1531397039", 1);
        let last = if token.ends_with('0') { "1" } else { "0" };
        let changed = [&token[..token.len() - 1], last].concat();
        let other_version = [&token[..25], "5", &token[26..]].concat();
        let cases: &[(&str, u64, Result<TokenClaims, TokenError>)] = &[
            (&token, NOW, Ok(claims)),
            (&token, NOW + 3599, Ok(claims)),
            (&token, NOW + 3600, Err(TokenError::Expired)),
            (&token, u64::MAX, Err(TokenError::Expired)),
            (&moved, NOW, Err(TokenError::Forged)),
            (&changed, NOW, Err(TokenError::Forged)),
            (&other_version, NOW, Err(TokenError::Forged)),
            (&others.token(NOW, &draws), NOW, Err(TokenError::Forged)),
            (&Ids::request_id(NOW, &draws), NOW, Err(TokenError::Forged)),
            ("1531397038,f0b9eea0-6a2d-486c-a1ba-42fdf843e8cc", NOW, Err(TokenError::Forged)),
            (&format!("0{token}"), NOW, Err(TokenError::Malformed)),
            (&format!("+{token}"), NOW, Err(TokenError::Malformed)),
            (&format!("{token} "), NOW, Err(TokenError::Malformed)),
            (&token.to_uppercase(), NOW, Err(TokenError::Malformed)),
            (&token.replace('-', ""), NOW, Err(TokenError::Malformed)),
            (&token.replace(',', ""), NOW, Err(TokenError::Malformed)),
            ("1531397038,ééééééééé-6a2d-486c-a1", NOW, Err(TokenError::Malformed)),
            (",", NOW, Err(TokenError::Malformed)),
            ("", NOW, Err(TokenError::Malformed)),
        ];
        for (token, now, expected) in cases {
            assert_eq!(ids.check(token, *now, 3600), *expected, "{token} at {now}");
        }
    }

    #[test]
    fn ids_look_like_the_example_and_do_not_repeat() {
        const NOW: u64 = 1_531_397_038;
        let (ids, draws) = (Ids::new(Random::new(1)), Random::new(3));
        let minted: std::collections::HashSet<String> =
            (0..1000).flat_map(|_| [ids.token(NOW, &draws), Ids::request_id(NOW, &draws)]).collect();
        assert_eq!(minted.len(), 2000);
        for id in minted {
            assert!(read(&id).is_some() && id.len() == 47, "{id}");
            let (version, variant) = (id.as_bytes()[25], id.as_bytes()[30]);
            assert!(version == b'4' && b"89ab".contains(&variant), "{id}");
        }
    }
}
