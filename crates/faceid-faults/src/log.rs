//! Listens to all that is logged at the level of trace, by whatever library, and keeps what must not be there.

use std::cell::{Cell, RefCell};
use std::fmt::{self, Write as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, Once, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::rows::LAST_WORDS;
use crate::scene::{SECRET, SIGN, UUID, moves_the_cursor};

static LINES: AtomicUsize = AtomicUsize::new(0);
static LEAKS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// From now on, for the whole process.
pub(crate) fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing::subscriber::set_global_default(Listener).expect("the only subscriber");
        log::set_logger(&Listener).expect("the only logger");
        log::set_max_level(log::LevelFilter::Trace);
    });
}

/// A row begins on this thread.
pub(crate) fn begin_row() {
    DUMPED.set(0);
}

/// How many lines there were so far.
pub(crate) fn lines() -> usize {
    LINES.load(Ordering::Relaxed)
}

/// What was found since.
pub(crate) fn take_leaks() -> Vec<String> {
    std::mem::take(&mut *LEAKS.lock().unwrap_or_else(PoisonError::into_inner))
}

fn hear(line: &str) {
    LINES.fetch_add(1, Ordering::Relaxed);
    if line.starts_with("h2::") && line.contains(LAST_WORDS) {
        return;
    }
    if is_leak(line) || is_leak_in_a_dump(line) {
        let mut leaks = LEAKS.lock().unwrap_or_else(PoisonError::into_inner);
        leaks.push(format!("{line:?}").chars().take(1000).collect());
    }
}

/// ureq prints 16 bytes a line. What it dumps of a long answer is not heard to its end: that would take longer than all
/// else.
const MOST_DUMPED: usize = 2000;

thread_local! {
    static DUMPED: Cell<usize> = const { Cell::new(0) };
    /// The right-hand columns of what a library prints as rows of hexadecimal, strung together.
    static DUMP: RefCell<String> = const { RefCell::new(String::new()) };
}

/// What must not be dumped. A form begins like the first of them. ureq dumps answers, and what else a server repeats in
/// them, and nothing of ours can stop it.
const DUMPED_MARKS: [&str; 3] = ["name=\"sign\"", SECRET, SIGN];
/// The width of a row.
const ROW: usize = 16;

fn is_leak_in_a_dump(line: &str) -> bool {
    let column = line.rsplit(' ').next().unwrap_or_default();
    if column.len() != ROW {
        return false;
    }
    DUMP.with_borrow_mut(|dump| {
        let longest = DUMPED_MARKS.map(str::len).into_iter().max().unwrap_or_default();
        let begin = dump.len().saturating_sub(longest);
        let begin = (begin..=dump.len()).find(|at| dump.is_char_boundary(*at)).unwrap_or(dump.len());
        *dump = format!("{}{column}", &dump[begin..]);
        DUMPED_MARKS.iter().any(|mark| dump.contains(mark))
    })
}

fn is_leak(line: &str) -> bool {
    // As text, and as bytes that are printed one by one.
    [SECRET, UUID, SIGN].iter().any(|mark| {
        let numbers = format!("{:?}", mark.as_bytes());
        line.contains(mark) || line.contains(numbers.trim_matches(['[', ']']))
    }) || line.contains(|character| moves_the_cursor(character) && character != '\n')
}

struct Listener;

impl log::Log for Listener {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        if record.target() == "ureq_proto::util" && DUMPED.replace(DUMPED.get() + 1) > MOST_DUMPED {
            return;
        }
        hear(&format!("{} {}", record.target(), record.args()));
    }

    fn flush(&self) {}
}

impl Subscriber for Listener {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut line = Line(format!("{} ", attributes.metadata().name()));
        attributes.record(&mut line);
        hear(&line.0);
        // Spans are not told apart.
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, record: &Record<'_>) {
        let mut line = Line(String::new());
        record.record(&mut line);
        hear(&line.0);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(format!("{} ", event.metadata().target()));
        event.record(&mut line);
        hear(&line.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = write!(self.0, "{}={value:?} ", field.name());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let _ = write!(self.0, "{}={value} ", field.name());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaks() {
        let bytes = format!("{:?}", b"x marked-secret-of-the-suite y");
        let cases = [
            ("POST http://127.0.0.1/", false),
            ("several\nlines", false),
            ("secret marked-secret-of-the-suite", true),
            ("body: marked-user-of-the-suite", true),
            ("b\"AAAAAAAAAAAAAAAAAAAAAAAAAAAhPWZha2Uta2V5JmI9MTUz\"", true),
            (bytes.as_str(), true),
            ("red \u{1b}[31m", true),
            ("turned \u{202e}", true),
        ];
        for (line, expected) in cases {
            assert_eq!(is_leak(line), expected, "{line:?}");
        }
    }

    #[test]
    fn dumps() {
        let rows = |bytes: &str| -> bool {
            DUMP.take();
            let mut rows = bytes.as_bytes().chunks(ROW).map(|row| String::from_utf8_lossy(row).into_owned());
            rows.any(|row| is_leak_in_a_dump(&format!("ureq_proto 0a0b {row:.<ROW$}")))
        };
        assert!(rows("content-disposition:.form-data;.name=\"sign\"....SPzLRbDB...................."));
        assert!(rows("....................marked-secret-of-the-suite...................."));
        assert!(rows("x-sign:.AAAAAAAAAAAAAAAAAAAAAAAAAAAhPWZha2Uta2V5JmI9MTUz"));
        assert!(!rows("{\"biz_token\":\"fake-token\"}............................................"));
    }

    /// The mark is one of signs, wherever their times and nonces are.
    #[test]
    fn signs_hold_the_mark() {
        use faceid_types::{Credentials, Validity};

        let credentials = Credentials::new("fake-key", SECRET).expect("a pair");
        for validity in [Validity::Once, Validity::default()] {
            let sign = credentials.sign(&faceid_types::Stamp::now().expect("a stamp"), validity);
            assert!(sign.expect("a sign").expose().contains(SIGN));
        }
    }
}
