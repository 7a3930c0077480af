//! `faceid vectors`: the test vectors of the signature.

use serde_json::Value;

use crate::args::Output;
use crate::console::Console;
use crate::failure::{Failure, Kind};
use crate::speech::Say;

/// The file that each language of this project is tested with.
const VECTORS: &str = include_str!("vectors.json");

pub(crate) fn run(console: &Console) -> Result<(), Failure> {
    match console.output {
        Output::Text => console.data(VECTORS),
        Output::Json => {
            let vectors: Value = serde_json::from_str(VECTORS).unwrap_or_default();
            console.data(&format!("{vectors}\n"))
        }
        Output::Env => Err(Failure::new(Kind::Usage, Say::NotForEnv)),
    }
}
