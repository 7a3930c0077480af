//! One `biz_token`, from a program without an async runtime.

#![forbid(unsafe_code)]

use std::error::Error;
use std::time::SystemTime;

use faceid_blocking::{Client, GetBizToken};

fn main() -> Result<(), Box<dyn Error>> {
    let service = examples::service()?;
    let client = Client::new(service.config)?;

    let request = GetBizToken::new(service.liveness_id).uuid("user-1");
    let token = match client.send(&request) {
        Ok(token) => token,
        Err(error) => {
            eprintln!("hint: {}", error.hint());
            return Err(error.into());
        }
    };

    println!("biz_token   {}", token.biz_token());
    println!("request_id  {}", token.request_id().unwrap_or("(none)"));
    println!("valid for   {} s", token.remaining(SystemTime::now()).as_secs());
    Ok(())
}
