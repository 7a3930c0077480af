//! What can be wrong with a request, in words: a row each.
//!
//! The page has the same rows in Chinese, in `page/text/hints.js`.

use std::fmt;

use super::multipart::Unreadable;
use crate::NotAFault;

macro_rules! problems {
    ($($name:ident $(($($value:ident: $type:ty),+))? => $words:literal;)*) => {
        /// The first thing that is wrong with a request.
        #[derive(Debug)]
        pub(crate) enum Problem { $($name $(($($type),+))?,)* }

        impl Problem {
            /// The words of each, with `{0}` where requests differ.
            #[cfg(test)]
            const WORDS: &[&str] = &[$($words),*];
        }

        impl fmt::Display for Problem {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$name $(($($value),+))? => write!(f, $words $($(, $value)+)?),)*
                }
            }
        }
    };
}

problems! {
    Path => "the path is neither /faceid nor /finauth with /v5/sdk/get_biz_token";
    NamespaceName => "a namespace has a name of 1 to 64 letters, digits and - _ ., other than . and ..";
    NamespacesFull => "there are 64 namespaces: delete one";
    Method => "the method is not POST";

    BodyTooLong => "the body is longer than 1 MiB";
    BodyTooLate => "the body did not come within 10 s";
    BodyBreaksOff => "the body did not come whole";

    NoContentType => "there is no Content-Type, or more than one: multipart/form-data is wanted";
    ContentType => "the Content-Type does not read";
    NotMultipart(sent: &'static str) => "the body is {0}: multipart/form-data is wanted";
    NoBoundary => "the Content-Type names no boundary: it is for the HTTP library to set, not by hand";
    Boundary => "the boundary has not 1 to 70 characters";
    Form(why: Unreadable) => "{0}";
    OverAnother(sent: &'static str) => "the body is {0} under a multipart header: that is for the HTTP library to set, not by hand";
    Encoded => "there is a Content-Encoding: the form is wanted as it is, without one";
    NoField(key: &'static str) => "the form has no {0}";
    InQuery(key: &'static str) => "{0} stands in the URL's query: it is wanted in the form";
    MoreThanOnce(key: String) => "{0} is there more than once";
    AsFile(key: &'static str) => "{0} was sent as a file: it is wanted as a text, without a file name";
    SignVersion => "sign_version is not hmac_sha1";

    Sign(why: String) => "{0}";
    UnknownKey => "the api_key is not one of this sandbox's";
    FromTheFuture(seconds: u64) => "the sign was issued {0} s in the future";
    ValidTooLong(seconds: u64) => "the sign is valid for {0} s";
    StaleSingleUse(seconds: u64) => "the single-use sign was issued {0} s from now";

    KeyDiscontinued => "the key is discontinued";
    KeyDenied => "the key is denied";
    Address(from: String) => "the request is from {0}, and the key may not ask from there";
    Quota => "the key has made all calls that it may make";
    Concurrency => "the key has as many requests in flight as it may";

    Fault(field: &'static str, why: NotAFault) => "{0}: {1}";
    NotAscii(field: &'static str) => "{0}: it is not ASCII";
    NotUtf8(key: &'static str) => "{0} is not UTF-8";
    EmptyScene => "liveness_id is empty";
    UnknownScene => "liveness_id is not one of this sandbox's scenes";
    LongUuid(bytes: usize) => "uuid has {0} bytes, and at most 128 are allowed";
    UnknownField(name: String) => "the form has a field that the vendor's page does not list: {0}";

    Replay => "the single-use sign was used before: each attempt is to be signed anew";
    Forgotten => "single-use signs of its time are forgotten, and it may be one that was used: the clock was set back";
    TooManySigns => "1 000 000 single-use signs are remembered, each of which could still pass: no new one is taken";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use faceid_sign::{Credentials, Diagnosis, Slip, VerifyError};

    use super::*;

    /// Figures that no words have.
    const SECONDS: u64 = 424_242;
    const AGE: u64 = 565_656;

    const SLIPS: &[Slip] = &[
        Slip::HexDigest,
        Slip::DigestOnly,
        Slip::KeyAndMessageSwapped,
        Slip::ApiKeyAsSecret,
        Slip::LineEndAfterSecret,
        Slip::LineEndAfterText,
        Slip::PlainSha1,
        Slip::HmacSha256,
        Slip::LossyUtf8,
        Slip::Latin1,
        Slip::PythonBytesLiteral,
        Slip::Quoted,
        Slip::UrlSafeAlphabet,
        Slip::MissingPadding,
        Slip::LineBreaks,
        Slip::BlankForPlus,
        Slip::PercentEscaped,
        Slip::DoubleBase64,
        Slip::Milliseconds,
        Slip::TimeNotWhole,
        Slip::DurationAsExpiry,
        Slip::NotAfterIssue,
        Slip::NonceNegative,
        Slip::NonceLetters,
        Slip::NonceTooLong,
        Slip::NonceForeignDigits,
        Slip::FieldsReordered,
        Slip::FieldsMissing,
        Slip::FieldsEscaped,
        Slip::Expired { seconds: SECONDS, age: AGE },
        Slip::FromTheFuture { seconds: SECONDS },
        Slip::Stale { seconds: SECONDS },
    ];

    /// What others say, and a problem passes on.
    fn passed_on() -> Vec<String> {
        let errors =
            [VerifyError::Malformed, VerifyError::Mismatch, VerifyError::Order, VerifyError::Expired];
        let faults = NotAFault::ALL.iter().map(|error| format!("{{0}}: {error}"));
        let told = SLIPS.iter().map(ToString::to_string).chain(errors.iter().map(ToString::to_string));
        let told = told.chain([Diagnosis::Unknown.to_string()]);
        let told = told.chain(Unreadable::ALL.iter().map(ToString::to_string)).chain(faults);
        told.map(|words| words.replace(&SECONDS.to_string(), "{0}").replace(&AGE.to_string(), "{1}"))
            .collect()
    }

    /// Each of the slips that the signer's vectors have is among those above.
    #[test]
    fn no_slip_is_left_out() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../../faceid-sign/tests/vectors.json")).unwrap();
        for vector in vectors["refused"].as_array().unwrap() {
            let text = |name: &str| vector[name].as_str().unwrap();
            let credentials = Credentials::new(text("api_key"), text("api_secret")).unwrap();
            if let Diagnosis::Slip(slip) = credentials.diagnose(text("sign"), text("now").parse().unwrap()) {
                assert!(SLIPS.iter().any(|known| known.name() == slip.name()), "{slip}");
            }
        }
    }

    #[test]
    fn the_page_has_each_in_chinese() {
        let table = include_str!("../page/text/hints.js");
        let rows = table.lines().filter_map(|line| line.strip_prefix("  \"")?.split_once("\": "));
        let rows: Vec<_> = rows.collect();
        let english: BTreeSet<_> = rows.iter().map(|(english, _)| (*english).to_owned()).collect();
        assert_eq!(english.len(), rows.len(), "a row twice");

        let own = Problem::WORDS.iter().filter(|words| !["{0}", "{0}: {1}"].contains(*words));
        let expected: BTreeSet<_> = own.map(|words| (*words).to_owned()).chain(passed_on()).collect();
        assert_eq!(english, expected);
        for (english, chinese) in rows {
            for place in ["{0}", "{1}"] {
                assert_eq!(english.contains(place), chinese.contains(place), "{english}");
            }
            assert!(!chinese.is_ascii(), "{english}");
        }
    }
}
