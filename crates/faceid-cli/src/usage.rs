//! A command line that does not read; and `--help` and `--version`, which the parser reports the same way.

use std::ffi::OsString;
use std::num::ParseIntError;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Error, ValueEnum};
use faceid_blocking::NonceError;
#[cfg(feature = "sandbox")]
use faceid_sandbox::NotAFault;

use crate::args::{Output, Talk};
use crate::console::Console;
use crate::failure::{Failure, Kind};
use crate::speech::{Lang, Phrase, Say};

pub(crate) fn report(error: &Error, arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.collect();
    let talk = Talk {
        output: early(&arguments, "--output").unwrap_or_default(),
        lang: early::<Lang>(&arguments, "--lang"),
        quiet: false,
        verbose: 0,
        profile: None,
    };
    let console = Console::new(&talk);
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return match console.data(&error.to_string()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => {
                console.failure(&failure);
                failure.kind.exit_code()
            }
        };
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand && console.output == Output::Text {
        // Nothing was said wrong, there was just nothing said.
        console.raw(&error.to_string());
        return Kind::Usage.exit_code();
    }
    let mut said = Say::Usage.with([problem(error)]);
    // Usage and tips are for people.
    if console.output != Output::Json {
        said = tips(error).fold(said, |said, line| Say::Joined.with([said, line]));
    }
    let failure = Failure::new(Kind::Usage, said);
    console.failure(&failure);
    failure.kind.exit_code()
}

/// What is wrong. A value that nobody asked for may be a secret, and is not repeated.
fn problem(error: &Error) -> Phrase {
    let context = |kind| context(error, kind);
    let argument = context(ContextKind::InvalidArg);
    let value = context(ContextKind::InvalidValue);
    let is_flag = |argument: &str| argument.starts_with('-');
    match (error.kind(), argument) {
        (ErrorKind::UnknownArgument, Some(argument)) if is_flag(&argument) => {
            Say::UnknownFlag.with([argument.into()])
        }
        (ErrorKind::UnknownArgument, _) => Say::UnexpectedValue.into(),
        (ErrorKind::TooManyValues, Some(argument)) => Say::ValueUnwanted.with([argument.into()]),
        (ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand, _) => {
            Say::CommandMissing.into()
        }
        (ErrorKind::InvalidSubcommand, _) => Say::UnknownCommand.into(),
        (ErrorKind::InvalidValue, Some(argument)) => match value {
            Some(value) if value.is_empty() => Say::ValueMissing.with([argument.into()]),
            Some(value) if is_flag(&argument) => Say::ValueRefused.with([value.into(), argument.into()]),
            _ => Say::PlaceRefused.with([argument.into()]),
        },
        (ErrorKind::ValueValidation, Some(argument)) => {
            let refused = Say::ValueRefused.with([value.unwrap_or_default().into(), argument.into()]);
            match std::error::Error::source(error) {
                Some(reason) => Say::Because.with([refused, self::reason(reason)]),
                None => refused,
            }
        }
        (ErrorKind::InvalidUtf8, _) => Say::ArgumentNotUtf8.into(),
        (ErrorKind::MissingRequiredArgument, Some(arguments)) => Say::FlagsMissing.with([arguments.into()]),
        (ErrorKind::ArgumentConflict, Some(argument)) => match context(ContextKind::PriorArg) {
            Some(prior) if prior == argument => Say::FlagTwice.with([argument.into()]),
            Some(prior) => Say::FlagsConflict.with([argument.into(), prior.into()]),
            None => first_line(error),
        },
        _ => first_line(error),
    }
}

/// As the parser words it.
fn first_line(error: &Error) -> Phrase {
    let text = error.to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    text.lines().next().unwrap_or_default().into()
}

/// Why a value does not read.
fn reason(reason: &(dyn std::error::Error + 'static)) -> Phrase {
    if reason.is::<ParseIntError>() {
        return Say::NotANumber.into();
    }
    match reason.downcast_ref::<NonceError>() {
        Some(NonceError::Empty) => return Say::NonceEmpty.into(),
        Some(NonceError::TooLong) => return Say::NonceTooLong.into(),
        Some(NonceError::NotDigits) => return Say::NonceNotDigits.into(),
        _ => {}
    }
    #[cfg(feature = "sandbox")]
    if let Some(error) = reason.downcast_ref() {
        return fault(*error);
    }
    reason.downcast_ref::<Phrase>().cloned().unwrap_or_else(|| reason.to_string().into())
}

/// In the library's own English, where a later version of it knows more faults.
#[cfg(feature = "sandbox")]
fn fault(error: NotAFault) -> Phrase {
    let say = match error {
        NotAFault::Alone(name) => return Say::FaultAlone.with([name.into()]),
        NotAFault::Detail(example) => return Say::FaultDetail.with([example.into()]),
        NotAFault::Html => Say::FaultHtml,
        NotAFault::Effect => Say::FaultEffect,
        NotAFault::Idle => Say::FaultIdle,
        NotAFault::Count => Say::FaultCount,
        NotAFault::Delay => Say::FaultDelay,
        NotAFault::Slow => Say::FaultSlow,
        NotAFault::Skew => Say::FaultSkew,
        other => return other.to_string().into(),
    };
    say.into()
}

/// The lines after the first.
fn tips(error: &Error) -> impl Iterator<Item = Phrase> {
    let line = |kind, say: Say| context(error, kind).map(|part| say.with([part.into()]));
    let usage = error.get(ContextKind::Usage).map(ToString::to_string);
    let usage = usage.map(|usage| usage.trim().trim_start_matches("Usage: ").to_owned());
    let lines = [
        line(ContextKind::ValidValue, Say::PossibleValues),
        line(ContextKind::SuggestedValue, Say::SimilarValue),
        line(ContextKind::SuggestedArg, Say::SimilarFlag),
        line(ContextKind::SuggestedSubcommand, Say::SimilarCommand),
        usage.map(|usage| Say::UsageIs.with([usage.into()])),
        Some(Say::MoreHelp.into()),
    ];
    lines.into_iter().flatten()
}

/// A part of what the parser found, and a list's parts between the quotes that a sentence has around one.
fn context(error: &Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) if !texts.is_empty() => Some(texts.join("', '")),
        _ => None,
    }
}

/// What a flag was given, before the parser could say so.
fn early<T: ValueEnum>(arguments: &[OsString], flag: &str) -> Option<T> {
    let mut arguments = arguments.iter().filter_map(|argument| argument.to_str());
    let mut found = None;
    while let Some(argument) = arguments.next() {
        let value = match argument.strip_prefix(flag) {
            Some("") => arguments.next(),
            Some(rest) => rest.strip_prefix('='),
            None => None,
        };
        found = value.and_then(|value| T::from_str(value, false).ok()).or(found);
    }
    found
}

#[cfg(all(test, feature = "sandbox"))]
mod tests {
    use faceid_sandbox::Fault;

    use super::*;

    #[test]
    fn what_is_no_fault_is_said_in_chinese() {
        let cases = [
            ("reset=1", "reset 之后不带任何内容"),
            ("BAD_ARGUMENTS", "缺少具体内容：应写成例如 BAD_ARGUMENTS=uuid"),
            ("html200", "网关页面写作 html"),
            ("x", "故障可以是"),
            ("reset*0", "* 之后是请求次数"),
            ("delay=x", "delay= 之后是时间"),
            ("slow=x", "slow= 之后是速率"),
            ("skew=x", "skew= 之后是带正负号的时间"),
        ];
        for (text, chinese) in cases {
            let error = text.parse::<Fault>().unwrap_err();
            let said = reason(&error);
            assert!(said.to(Lang::Zh).starts_with(chinese), "{text}: {}", said.to(Lang::Zh));
            assert_eq!(said.to(Lang::En), error.to_string());
        }
    }
}
