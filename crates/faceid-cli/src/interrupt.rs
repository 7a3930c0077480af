//! Ctrl-C.

use std::ffi::c_int;
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

/// From here on Ctrl-C and SIGTERM are the regular end.
#[cfg(feature = "sandbox")]
pub(crate) fn ends_well() {
    ends_with(SIGINT, 0);
    ends_with(SIGTERM, 0);
}

fn ends_with(signal: c_int, code: c_int) {
    // Where it cannot be had, the signal still ends the program, in its own way.
    let _ = flag::register_conditional_shutdown(signal, code, Arc::new(AtomicBool::new(true)));
}
