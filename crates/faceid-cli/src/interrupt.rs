//! Ctrl-C.

use std::ffi::c_int;
use std::io::{self, IsTerminal as _};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::SIGINT;
#[cfg(feature = "sandbox")]
use signal_hook::consts::SIGTERM;
use signal_hook::flag;

/// From here on Ctrl-C ends the program with 130.
///
/// A prompt comes before: a shell mends the terminal that one leaves without echo if its program died of the signal.
pub(crate) fn ends_with_130() {
    ends_with(SIGINT, 130);
}

/// The same from the start, where nobody is asked at a terminal and reading may take its time.
pub(crate) fn ends_with_130_off_terminal() {
    if !io::stdin().is_terminal() {
        ends_with_130();
    }
}

/// From here on Ctrl-C and SIGTERM are the regular end, which this begins; a second one ends the program at once.
#[cfg(all(feature = "sandbox", unix))]
pub(crate) fn ends_by(end: impl FnOnce() + Send + 'static) {
    use std::io::Read as _;
    use std::os::unix::net::UnixStream;

    let stopping = Arc::new(AtomicBool::new(false));
    let Ok((mut signalled, signal)) = UnixStream::pair() else {
        return;
    };
    for kind in [SIGINT, SIGTERM] {
        // In this order: at the first signal, the flag is not set yet.
        let _ = flag::register_conditional_shutdown(kind, 0, Arc::clone(&stopping));
        let _ = flag::register(kind, Arc::clone(&stopping));
        if let Ok(signal) = signal.try_clone() {
            let _ = signal_hook::low_level::pipe::register(kind, signal);
        }
    }
    std::thread::spawn(move || {
        if signalled.read_exact(&mut [0]).is_ok() {
            end();
        }
    });
}

/// From here on Ctrl-C and SIGTERM are the regular end.
#[cfg(all(feature = "sandbox", not(unix)))]
pub(crate) fn ends_by(_: impl FnOnce() + Send + 'static) {
    ends_with(SIGINT, 0);
    ends_with(SIGTERM, 0);
}

fn ends_with(signal: c_int, code: c_int) {
    // Where it cannot be had, the signal still ends the program, in its own way.
    let _ = flag::register_conditional_shutdown(signal, code, Arc::new(AtomicBool::new(true)));
}
