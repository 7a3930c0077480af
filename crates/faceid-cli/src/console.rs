//! The two ways out: data on stdout, talk on stderr.

use std::env;
use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};

use serde_json::{Value, json};

use crate::args::{Output, Talk};
use crate::failure::{Failure, Kind};
use crate::speech::{Lang, Phrase, Say, printable, steers};

/// What a command gives, in each of the forms it may be asked for.
pub(crate) struct Report {
    pub(crate) text: String,
    pub(crate) json: Value,
    pub(crate) env: Vec<(String, String)>,
}

/// How to speak.
#[derive(Debug, Clone)]
pub(crate) struct Console {
    pub(crate) lang: Lang,
    pub(crate) output: Output,
    quiet: bool,
    verbose: u8,
    colour: bool,
}

impl Console {
    pub(crate) fn new(talk: &Talk) -> Self {
        Self {
            lang: talk.lang.unwrap_or_else(Lang::of_environment),
            output: talk.output,
            quiet: talk.quiet,
            verbose: talk.verbose,
            colour: wants_colour(),
        }
    }

    pub(crate) fn say(&self, phrase: &Phrase) -> String {
        phrase.to(self.lang)
    }

    /// Writes a command's result to stdout.
    pub(crate) fn report(&self, report: &Report) -> Result<(), Failure> {
        match self.output {
            Output::Text => self.data(&line(&report.text)),
            Output::Json => self.data(&line(&json_line(&report.json))),
            Output::Env => {
                let lines = report.env.iter().map(|(name, value)| format!("{name}={}\n", quoted(value)));
                self.data(&lines.collect::<String>())
            }
        }
    }

    /// Writes to stdout as it is, at once: a reader at the other end of a pipe waits for it.
    #[expect(clippy::unused_self, reason = "there is one way to stdout, and this is it")]
    pub(crate) fn data(&self, data: &str) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        match out.write_all(data.as_bytes()).and_then(|()| out.flush()) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                Err(Failure::new(Kind::Unread, Say::CannotWrite.with([error.to_string().into()])))
            }
            Err(error) => Err(Failure::new(Kind::Other, Say::CannotWrite.with([error.to_string().into()]))),
        }
    }

    /// Talk that `--quiet` silences.
    pub(crate) fn note(&self, phrase: &Phrase) {
        if !self.quiet {
            self.talk("note", json!(self.say(phrase)), || self.say(phrase));
        }
    }

    /// The same with parts of its own for a program that reads them.
    pub(crate) fn event(&self, name: &str, parts: Value, phrase: &Phrase) {
        if !self.quiet {
            self.talk(name, parts, || self.say(phrase));
        }
    }

    /// A line of the log: of `-v` at level 1, of `-vv` at level 2.
    pub(crate) fn log(&self, level: u8, line: impl FnOnce() -> String) {
        if self.verbose >= level {
            let line = line();
            self.talk("log", json!(line), || self.dim(&printable(&line)));
        }
    }

    pub(crate) fn logs(&self, level: u8) -> bool {
        self.verbose >= level
    }

    /// What went wrong, and what to do.
    pub(crate) fn failure(&self, failure: &Failure) {
        if failure.kind == Kind::Unread {
            return;
        }
        self.talk("error", failure.json(self.lang), || {
            let head = self.paint("1;31", &self.say(&Say::Error.into()));
            let message = self.say(&failure.message);
            match &failure.hint {
                Some(hint) => format!("{head}{message}\n{}{}", self.say(&Say::Advice.into()), self.say(hint)),
                None => format!("{head}{message}"),
            }
        });
    }

    /// Stderr may be closed too, and there is nobody left to tell.
    fn talk(&self, name: &str, json: Value, text: impl FnOnce() -> String) {
        let line = match self.output {
            Output::Json => json_line(&Value::Object([(name.to_owned(), json)].into_iter().collect())),
            Output::Text | Output::Env => text(),
        };
        let _ = writeln!(io::stderr().lock(), "{line}");
    }

    /// Writes to stderr as it is.
    #[expect(clippy::unused_self, reason = "there is one way to stderr, and this is it")]
    pub(crate) fn raw(&self, text: &str) {
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    fn dim(&self, text: &str) -> String {
        self.paint("2", text)
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// For terminals alone, and not where <https://no-color.org> is asked for.
fn wants_colour() -> bool {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    !set("NO_COLOR") && env::var_os("TERM").is_none_or(|term| term != "dumb") && io::stderr().is_terminal()
}

/// JSON itself escapes less than a terminal obeys.
fn json_line(json: &Value) -> String {
    let mut line = String::new();
    for character in json.to_string().chars() {
        if steers(character) {
            let _ = write!(line, "\\u{:04x}", u32::from(character));
        } else {
            line.push(character);
        }
    }
    line
}

fn line(text: &str) -> String {
    if text.is_empty() || text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") }
}

/// A value that a POSIX shell reads as it is: what a server wrote must not become a command.
pub(crate) fn quoted(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.,:/@%+=".contains(&byte);
    if !value.is_empty() && value.bytes().all(plain) {
        value.to_owned()
    } else {
        format!("'{}'", value.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn values_for_a_shell() {
        let cases = [
            ("1531397038,f0b9eea0-6a2d", "1531397038,f0b9eea0-6a2d"),
            ("SPzL+5h/PQ==", "SPzL+5h/PQ=="),
            ("", "''"),
            ("two words", "'two words'"),
            ("$(reboot)", "'$(reboot)'"),
            ("it's", r"'it'\''s'"),
            ("~", "'~'"),
        ];
        for (value, expected) in cases {
            assert_eq!(quoted(value), expected);
        }
    }
}
