//! Ctrl-C.

use std::ffi::c_int;
use std::io::{self, IsTerminal as _};
use std::process;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

#[cfg(all(feature = "sandbox", unix))]
use signal_hook::consts::SIGHUP;
use signal_hook::consts::SIGINT;
#[cfg(feature = "sandbox")]
use signal_hook::consts::SIGTERM;
use signal_hook::flag;

use crate::args::Output;
use crate::console::Console;
use crate::failure::{Failure, Kind};
use crate::speech::Say;

/// From here on Ctrl-C ends the program with 130, and whoever reads JSON is told.
///
/// A prompt comes before: a shell mends the terminal that one leaves without echo if its program died of the signal.
pub(crate) fn ends_with_130(console: &Console) {
    let console = console.clone();
    at_first_of(&[SIGINT], Kind::Interrupted.code().into(), move || {
        if console.output == Output::Json {
            console.failure(&Failure::new(Kind::Interrupted, Say::Interrupted));
        }
        process::exit(Kind::Interrupted.code().into());
    });
}

/// The same from the start, where nobody is asked at a terminal and reading may take its time.
pub(crate) fn ends_with_130_off_terminal(console: &Console) {
    if !io::stdin().is_terminal() {
        ends_with_130(console);
    }
}

/// From here on Ctrl-C, SIGTERM and SIGHUP are the regular end, which this begins; a second one ends the program at once.
#[cfg(feature = "sandbox")]
pub(crate) fn ends_by(end: impl FnOnce() + Send + 'static) {
    #[cfg(unix)]
    if hears_of_hangups() {
        return at_first_of(&[SIGINT, SIGTERM, SIGHUP], 0, end);
    }
    at_first_of(&[SIGINT, SIGTERM], 0, end);
}

/// Not under nohup, which is to outlive its terminal. Where the system does not tell, a hangup ends the program in its own way.
#[cfg(all(feature = "sandbox", unix))]
fn hears_of_hangups() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    ignored.is_some_and(|mask| mask & (1 << (SIGHUP - 1)) == 0)
}

/// The first signal has `act` called, outside its handler; the second ends the program with `code`.
#[cfg(unix)]
fn at_first_of(signals: &[c_int], code: c_int, act: impl FnOnce() + Send + 'static) {
    use std::io::Read as _;
    use std::os::unix::net::UnixStream;

    let happened = Arc::new(AtomicBool::new(false));
    // Where it cannot be had, the signal still ends the program, in its own way.
    let Ok((mut waiting, telling)) = UnixStream::pair() else {
        return;
    };
    for &signal in signals {
        // In this order: at the first signal, the flag is not set yet.
        let _ = flag::register_conditional_shutdown(signal, code, Arc::clone(&happened));
        let _ = flag::register(signal, Arc::clone(&happened));
        if let Ok(telling) = telling.try_clone() {
            let _ = signal_hook::low_level::pipe::register(signal, telling);
        }
    }
    std::thread::spawn(move || {
        if waiting.read_exact(&mut [0]).is_ok() {
            act();
        }
    });
}

/// A signal ends the program with `code`.
#[cfg(not(unix))]
fn at_first_of(signals: &[c_int], code: c_int, _: impl FnOnce() + Send + 'static) {
    for &signal in signals {
        let _ = flag::register_conditional_shutdown(signal, code, Arc::new(AtomicBool::new(true)));
    }
}
