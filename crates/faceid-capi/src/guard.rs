//! No panic crosses into C.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::Status;

/// Runs what an exported function does, and turns how it ended into a status.
///
/// Nothing is seen half done after a panic: outputs are written last, and a signer is never changed.
pub(crate) fn guard(body: impl FnOnce() -> Result<(), Status>) -> Status {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => Status::Ok,
        Ok(Err(status)) => status,
        Err(_) => Status::Panicked,
    }
}

#[cfg(test)]
mod tests {
    use super::guard;
    use crate::Status;

    #[test]
    fn ends() {
        let cases: [(fn() -> Result<(), Status>, Status); 3] = [
            (|| Ok(()), Status::Ok),
            (|| Err(Status::Expired), Status::Expired),
            (|| panic!("a panic that this test asks for"), Status::Panicked),
        ];
        for (body, status) in cases {
            assert_eq!(guard(body), status);
        }
    }
}
