//! An endpoint that this SDK does not have yet: `verify` v5, with the fields that its page documents.
//!
//! Its table of results could not be read, so the result stays a code, and never becomes a bool: in the older version
//! 1000 is "the same person" and 2000 is "live, but not the same person".

#![forbid(unsafe_code)]

use std::error::Error;

use examples::service;
use faceid_blocking::{Answer, Client, DecodeFault, Endpoint, ErrorCode, Form, Invalid};
use serde::Deserialize;
use serde_json::{Map, Value};

#[expect(clippy::struct_field_names, reason = "the vendor's names")]
struct Verify {
    biz_token: String,
    verify_id: String,
    reference_photo: Vec<u8>,
}

#[derive(Deserialize)]
struct Verified {
    /// A number or a string; what it means is in the contract's documents.
    result_code: Value,
    result_message: Option<String>,
    /// Whatever else the answer has is kept.
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl Endpoint for Verify {
    type Response = Verified;
    const PATH: &'static str = "/v5/sdk/verify";
    /// It is billed, so it is never repeated unless it is certain that it was not sent.
    const REPEATABLE: bool = false;
    const BODY_LIMIT: usize = 8 * 1024 * 1024;

    fn write<'a>(&'a self, form: &mut Form<'a>) -> Result<(), Invalid> {
        Invalid::unless_text("biz_token", &self.biz_token)?;
        form.text("comparison_type", "0")
            .text("data_type", "0")
            .text("encryption_type", "0")
            .text("verify_id", &self.verify_id)
            .personal("biz_token", &self.biz_token)
            .file("image_ref1", "reference.jpg", "image/jpeg", &self.reference_photo);
        Ok(())
    }

    fn read(answer: &Answer<'_>) -> Result<Verified, DecodeFault> {
        answer.json()
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let service = service()?;
    let client = Client::new(service.config)?;
    let verify = Verify {
        biz_token: "fake-biz-token".into(),
        verify_id: "fake-verify-id".into(),
        reference_photo: b"\xFF\xD8 not a photo".to_vec(),
    };
    match client.send(&verify) {
        Ok(verified) => {
            println!("result_code {}, {:?}", verified.result_code, verified.result_message);
            println!("and {} fields more", verified.rest.len());
        }
        Err(error) if service.sandbox.is_some() && error.code() == Some(&ErrorCode::ApiNotFound) => {
            println!("the sandbox has no verify, and says so: {error}");
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
