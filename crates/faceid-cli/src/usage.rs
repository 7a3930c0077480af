//! A command line that does not read; and `--help` and `--version`, which the parser reports the same way.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Error, ValueEnum};

use crate::args::{Output, Talk};
use crate::console::Console;
use crate::failure::{Failure, Kind};
use crate::speech::{Lang, Say};

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
    let text = error.to_string();
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return match console.data(&text) {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => failure.kind.exit_code(),
        };
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand && console.output == Output::Text {
        // Nothing was said wrong, there was just nothing said.
        console.raw(&text);
        return Kind::Usage.exit_code();
    }
    let text = text.strip_prefix("error: ").unwrap_or(&text).trim_end();
    let message = match console.output {
        // The first line says what is wrong; usage and tips are for people.
        Output::Json => text.lines().next().unwrap_or_default(),
        Output::Text | Output::Env => text,
    };
    let failure = Failure::new(Kind::Usage, Say::Usage.with([message.to_owned().into()]));
    console.failure(&failure);
    failure.kind.exit_code()
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
