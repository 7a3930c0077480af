//! Sends a request as a whole: ureq writes its head and its body one after the other, which would be two packets, and what
//! it asks of a proxy in fourteen.

use std::fmt;

use ureq::Error;
use ureq::unversioned::transport::time::Instant;
use ureq::unversioned::transport::{Buffers, NextTimeout, Transport};

use super::left::left;

/// A connection that holds back what is sent until its buffer is full or the answer is waited for.
pub(crate) struct Joined<T> {
    inner: T,
    /// Not where TLS goes through it, whose last words nobody answers.
    pub(crate) holds: bool,
    held: Vec<u8>,
}

/// Holds a request for a token.
const USUAL: usize = 1024;

impl<T: Transport> Joined<T> {
    pub(crate) fn new(inner: T) -> Self {
        Self { inner, holds: true, held: Vec::new() }
    }

    /// Sends what is held, and tells what is left of the time.
    fn release(&mut self, timeout: NextTimeout) -> Result<NextTimeout, Error> {
        // None is kept while a connection waits or is idle.
        let held = std::mem::take(&mut self.held);
        if held.is_empty() {
            return Ok(timeout);
        }
        let started = Instant::now();
        self.inner.buffers().output()[..held.len()].copy_from_slice(&held);
        self.inner.transmit_output(held.len(), timeout)?;
        Ok(left(timeout, started, Instant::now()))
    }
}

impl<T: Transport> Transport for Joined<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let output = self.inner.buffers().output();
        if self.holds && self.held.len() + amount < output.len() {
            self.held.reserve(if self.held.is_empty() { USUAL } else { amount });
            self.held.extend_from_slice(&output[..amount]);
            return Ok(());
        }
        if self.held.is_empty() {
            return self.inner.transmit_output(amount, timeout);
        }
        let more = output[..amount].to_vec();
        let timeout = self.release(timeout)?;
        self.inner.buffers().output()[..amount].copy_from_slice(&more);
        self.inner.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let timeout = self.release(timeout)?;
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

#[cfg(test)]
mod tests {
    use std::thread::sleep;

    use ureq::unversioned::transport::LazyBuffers;
    use ureq::unversioned::transport::time::Duration;

    use super::*;

    const SLOW: std::time::Duration = std::time::Duration::from_millis(20);
    const WHOLE: Duration = Duration::from_secs(10);

    /// Takes its time to send, and tells what it was given.
    #[derive(Debug)]
    struct Slow {
        buffers: LazyBuffers,
        sent: Vec<Vec<u8>>,
        given: Vec<Duration>,
    }

    impl Transport for Slow {
        fn buffers(&mut self) -> &mut dyn Buffers {
            &mut self.buffers
        }

        fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
            sleep(SLOW);
            self.given.push(timeout.after);
            self.sent.push(self.buffers.output()[..amount].to_vec());
            Ok(())
        }

        fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
            self.given.push(timeout.after);
            Ok(true)
        }

        fn is_open(&mut self) -> bool {
            true
        }
    }

    fn joined() -> Joined<Slow> {
        Joined::new(Slow { buffers: LazyBuffers::new(100, 100), sent: Vec::new(), given: Vec::new() })
    }

    fn send(joined: &mut Joined<Slow>, pieces: &[usize]) {
        let timeout = NextTimeout { after: WHOLE, ..NextTimeout::default() };
        for (letter, len) in (b'a'..).zip(pieces) {
            joined.buffers().output()[..*len].fill(letter);
            joined.transmit_output(*len, timeout).expect("it is sent");
        }
        joined.await_input(timeout).expect("an answer");
    }

    #[test]
    fn what_leaves_at_a_time() {
        // the pieces, and what leaves by the time that the answer is waited for
        let cases: [(&[usize], &[usize]); 8] = [
            (&[], &[]),
            (&[30], &[30]),
            (&[30, 60], &[90]),
            (&[30, 30, 30], &[90]),
            (&[30, 100], &[30, 100]),
            (&[100, 100, 7], &[100, 100, 7]),
            (&[30, 69], &[99]),
            (&[30, 70, 5], &[30, 70, 5]),
        ];
        for (pieces, expected) in cases {
            for expected in [expected, pieces] {
                let mut joined = joined();
                if expected == pieces {
                    joined.holds = false;
                }
                send(&mut joined, pieces);
                let sent = joined.inner.sent;
                assert_eq!(sent.iter().map(Vec::len).collect::<Vec<_>>(), expected, "{pieces:?}");
                let all: Vec<_> = (b'a'..).zip(pieces).flat_map(|(letter, len)| vec![letter; *len]).collect();
                assert_eq!(sent.concat(), all, "{pieces:?}");
            }
        }
    }

    #[test]
    fn what_is_sent_late_has_its_time_from_what_follows() {
        // the pieces, and whether each sending and the wait have the whole time
        let cases: [(&[usize], &[bool]); 4] = [
            (&[], &[true]),
            (&[30], &[true, false]),
            (&[100], &[true, true]),
            (&[30, 80], &[true, false, true]),
        ];
        for (pieces, whole) in cases {
            let mut joined = joined();
            send(&mut joined, pieces);
            let given = joined.inner.given;
            assert_eq!(given.iter().map(|given| *given == WHOLE).collect::<Vec<_>>(), whole, "{given:?}");
            assert!(given.iter().all(|given| *given == WHOLE || **given + SLOW <= *WHOLE), "{given:?}");
        }
    }
}
