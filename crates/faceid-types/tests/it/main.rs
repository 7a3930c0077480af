//! `faceid-types` through its public interface. One binary, so that it is linked once.

mod call;
mod clock;
mod decode;
mod env;
mod form;
mod hostile;
mod invalid;
mod messages;
mod observe;
mod properties;
mod published_skew;
mod quota;
mod retry;
mod script;
mod secrets;
