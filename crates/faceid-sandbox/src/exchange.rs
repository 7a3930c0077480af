//! A transport without a socket: the sandbox as the far end of a call.

use std::time::SystemTime;

use faceid_types::{Attempt, TransportError, TransportKind};
use http::Response;

use crate::{Broken, Delivery, Sandbox};

impl Sandbox {
    /// Answers an attempt of a [`Call`](faceid_types::Call), as if it had been sent over a connection: late, broken or
    /// not at all, where a [fault](crate::Fault) says so. It blocks while the answer is late.
    ///
    /// ```
    /// use faceid_sandbox::{Sandbox, demo_credentials};
    /// use faceid_types::{Call, Config, Context, GetBizToken, Moment, Step};
    ///
    /// let sandbox = Sandbox::builder().build();
    /// let context = Context::new(Config::at("http://127.0.0.1", demo_credentials()))?;
    ///
    /// let request = GetBizToken::new("sandbox:INTERNAL_ERROR*1");
    /// let mut call = Call::new(&context, &request);
    /// let token = loop {
    ///     let attempt = call.next(Moment::now())?;
    ///     match call.finish(sandbox.exchange(&attempt), Moment::now()) {
    ///         Step::Done(result) => break result?,
    ///         Step::Retry(wait) => std::thread::sleep(wait),
    ///     }
    /// };
    /// assert_eq!(sandbox.journal().len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`TransportKind::Interrupted`] for a reset, [`TransportKind::Misframed`] for a body that breaks off,
    /// [`TransportKind::Timeout`] for an answer that is later than the attempt may take.
    pub fn exchange(&self, attempt: &Attempt) -> Result<Response<Vec<u8>>, TransportError> {
        let response = self.answer(&attempt.request, SystemTime::now());
        let delivery = Delivery::of(&response);
        let time = delivery.delay + delivery.time_of_body(response.body().len());
        std::thread::sleep(time.min(attempt.budget));
        if time >= attempt.budget {
            return Err(TransportKind::Timeout.into());
        }
        match delivery.broken {
            Some(Broken::Reset) => Err(TransportKind::Interrupted.into()),
            Some(Broken::Truncated) => Err(TransportKind::Misframed.into()),
            None => Ok(response),
        }
    }
}
