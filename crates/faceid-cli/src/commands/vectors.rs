//! `faceid vectors`: the test vectors of the signature.

use serde_json::Value;

use crate::console::{Console, Report};
use crate::failure::Failure;

/// The file that each language of this project is tested with.
const VECTORS: &str = include_str!("vectors.json");

pub(crate) fn run(console: &Console) -> Result<(), Failure> {
    let json: Value = serde_json::from_str(VECTORS).unwrap_or_default();
    console.report(&Report {
        text: VECTORS.to_owned(),
        env: vec![("FACEID_VECTORS".to_owned(), json.to_string())],
        json,
    })
}
