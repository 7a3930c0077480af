//! Texts that live as long as the program.

use std::ffi::{CStr, c_char};

use crate::Status;

const VERSION: &CStr = match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
    Ok(version) => version,
    Err(_) => panic!("a version holds no NUL"),
};

/// What a status means, in English, ending in NUL. Of a number that is no status it says so; it is never NULL.
///
/// The text is constant, must not be freed, and holds nothing of what was passed in. It may change from one version to
/// the next: programs compare the number.
#[unsafe(no_mangle)]
pub extern "C" fn faceid_status_message(status: u32) -> *const c_char {
    Status::from_number(status).map_or(c"not a status of this version", Status::message).as_ptr()
}

/// The version of the library, such as "1.2.3", ending in NUL. It is constant and must not be freed.
#[unsafe(no_mangle)]
pub extern "C" fn faceid_version() -> *const c_char {
    VERSION.as_ptr()
}
