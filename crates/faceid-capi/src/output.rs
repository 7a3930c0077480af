//! What goes out: a text in the caller's buffer, with a NUL after it, and its length.

use std::ffi::c_char;
use std::ptr;

use crate::Status;

/// A caller's buffer and where its length is to be told.
pub(crate) struct Output {
    buffer: *mut c_char,
    capacity: usize,
    len: *mut usize,
}

impl Output {
    /// # Safety
    ///
    /// `buffer` is NULL, or `capacity` bytes can be written there; `len` is NULL, or a number can be written there.
    /// Both stay so until [`write`](Self::write) is done.
    pub(crate) unsafe fn new(buffer: *mut c_char, capacity: usize, len: *mut usize) -> Result<Self, Status> {
        if len.is_null() {
            return Err(Status::NullPointer);
        }
        Ok(Self { buffer, capacity, len })
    }

    /// Copies a text out, and a NUL after it, or tells the length needed.
    ///
    /// The buffer may lie over an input: whoever calls this is done with reading those.
    pub(crate) fn write(self, text: &[u8]) -> Result<(), Status> {
        // SAFETY: not NULL, and the caller of `new` promised the rest.
        let tell_len = || unsafe { self.len.write(text.len()) };
        if self.buffer.is_null() || self.capacity <= text.len() {
            tell_len();
            return Err(Status::BufferTooSmall);
        }
        // SAFETY: not NULL, and the text with a NUL is no longer than the bytes that the caller of `new` promised. The text
        // is in memory of our own.
        unsafe {
            ptr::copy_nonoverlapping(text.as_ptr().cast(), self.buffer, text.len());
            self.buffer.add(text.len()).write(0);
        }
        tell_len();
        Ok(())
    }
}
