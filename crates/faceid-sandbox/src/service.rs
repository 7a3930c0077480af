//! The API's one call: from request to answer.

mod answer;
mod check;
mod form;
mod header_params;
mod ids;
mod key;
mod multipart;
mod problem;
mod refusal;
mod used;
mod vendor_error;

pub(crate) use answer::BODY_LIMIT;
pub(crate) use check::behind_key;
pub(crate) use ids::Ids;
pub use ids::{TokenClaims, TokenError};
pub use key::{Key, KeyState};
pub(crate) use key::{KeyReport, Keys, Place};
pub(crate) use problem::Problem;
pub(crate) use used::UsedSigns;
pub use vendor_error::{NotAnError, VendorError};
