//! Sends a request as a whole: ureq writes its head and its body one after the other, which would be two packets, and what
//! it asks of a proxy in fourteen.

use std::fmt;

use ureq::Error;
use ureq::unversioned::transport::{Buffers, NextTimeout, Transport};

/// A connection that holds back what is sent until its buffer is full or the answer is waited for.
pub(crate) struct Joined<T> {
    inner: T,
    held: Vec<u8>,
}

/// Holds a request for a token.
const USUAL: usize = 1024;

impl<T: Transport> Joined<T> {
    pub(crate) fn new(inner: T) -> Self {
        Self { inner, held: Vec::new() }
    }

    fn release(&mut self, timeout: NextTimeout) -> Result<(), Error> {
        // None is kept while a connection waits or is idle.
        let held = std::mem::take(&mut self.held);
        if held.is_empty() {
            return Ok(());
        }
        self.inner.buffers().output()[..held.len()].copy_from_slice(&held);
        self.inner.transmit_output(held.len(), timeout)
    }
}

impl<T: Transport> Transport for Joined<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let output = self.inner.buffers().output();
        if self.held.len() + amount < output.len() {
            self.held.reserve(if self.held.is_empty() { USUAL } else { amount });
            self.held.extend_from_slice(&output[..amount]);
            return Ok(());
        }
        let more = output[..amount].to_vec();
        self.release(timeout)?;
        self.inner.buffers().output()[..amount].copy_from_slice(&more);
        self.inner.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.release(timeout)?;
        self.inner.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

/// What is held may be a form, with the sign.
impl<T: fmt::Debug> fmt::Debug for Joined<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Joined").field("inner", &self.inner).finish_non_exhaustive()
    }
}
