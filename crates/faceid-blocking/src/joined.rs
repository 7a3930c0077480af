//! Sends a request as a whole: ureq writes its head and its body one after the other, which would be two packets.

use ureq::Error;
use ureq::unversioned::transport::{Buffers, NextTimeout, Transport};

/// A connection that holds the head of a request back until the body follows, or the answer is waited for.
#[derive(Debug)]
pub(crate) struct Joined<T> {
    inner: T,
    /// A request is under way: what comes next is not its head.
    is_begun: bool,
    held: Vec<u8>,
}

impl<T: Transport> Joined<T> {
    pub(crate) fn new(inner: T) -> Self {
        Self { inner, is_begun: false, held: Vec::new() }
    }

    fn release(&mut self, timeout: NextTimeout) -> Result<(), Error> {
        let amount = self.held.len();
        if amount == 0 {
            return Ok(());
        }
        self.inner.buffers().output()[..amount].copy_from_slice(&self.held);
        self.held.clear();
        self.inner.transmit_output(amount, timeout)
    }
}

impl<T: Transport> Transport for Joined<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let output = self.inner.buffers().output();
        let held = self.held.len();
        if !self.is_begun {
            self.is_begun = true;
            self.held.extend_from_slice(&output[..amount]);
            return Ok(());
        }
        if held + amount > output.len() {
            let body = output[..amount].to_vec();
            self.release(timeout)?;
            self.inner.buffers().output()[..amount].copy_from_slice(&body);
            return self.inner.transmit_output(amount, timeout);
        }
        output.copy_within(..amount, held);
        output[..held].copy_from_slice(&self.held);
        self.held.clear();
        self.inner.transmit_output(held + amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.release(timeout)?;
        self.is_begun = false;
        self.inner.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}
