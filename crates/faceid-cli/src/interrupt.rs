//! Ctrl-C.

use std::ffi::c_int;
use std::io::{self, IsTerminal as _};
use std::process;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

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

/// From here on Ctrl-C and SIGTERM are the regular end, which this begins; a second one ends the program at once.
#[cfg(feature = "sandbox")]
pub(crate) fn ends_by(end: impl FnOnce() + Send + 'static) {
    at_first_of(&[SIGINT, SIGTERM], 0, end);
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
