//! A signed request that lacks a required field: what refuses it tells how far the sign got.

use faceid_blocking::{
    Answer, BizToken, Client, DecodeFault, Endpoint, Error, ErrorCode, Form, GetBizToken, Invalid,
};

use crate::commands::doctor::check::Check;
use crate::speech::Say;

/// `get_biz_token` without `liveness_id`.
struct Probe;

impl Endpoint for Probe {
    type Response = BizToken;

    const PATH: &'static str = GetBizToken::PATH;
    const REPEATABLE: bool = GetBizToken::REPEATABLE;

    fn write<'a>(&'a self, _: &mut Form<'a>) -> Result<(), Invalid> {
        Ok(())
    }

    /// Who answers anything but a token with a yes is not the service.
    fn read(answer: &Answer<'_>) -> Result<BizToken, DecodeFault> {
        GetBizToken::read(answer)
    }
}

/// In which order the service checks is not documented: who asks for the field first may not have looked at the sign.
pub(super) fn send(name: &'static str, client: &Client) -> Check {
    match client.send(&Probe) {
        Ok(_) => Check::passed(name, Say::ProbeTaken),
        Err(error) if is_missing_field(&error) => Check::unknown(name, Say::ProbeProvesNothing),
        Err(error) => Check::failed(name, error.into()),
    }
}

fn is_missing_field(error: &Error) -> bool {
    matches!(error.code(), Some(ErrorCode::MissingArguments | ErrorCode::BadArguments))
        && error.detail().is_some_and(|field| field.eq_ignore_ascii_case("liveness_id"))
}
