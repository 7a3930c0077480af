//! A sign for an HTTP client of another kind, and what is wrong with one that is refused.

#![forbid(unsafe_code)]

use std::error::Error;

use faceid_sign::{Credentials, Stamp, Validity};

fn main() -> Result<(), Box<dyn Error>> {
    let credentials = Credentials::new("fake-api-key", "fake-api-secret")?;
    let stamp = Stamp::now()?;

    // A sign is a secret until it expires: this one is of a key that does not exist.
    let signature = credentials.sign(&stamp, Validity::default())?;
    println!("sign          {}", signature.expose());

    let claims = credentials.verify(signature.expose(), stamp.issued_at())?;
    println!("issued at     {}", claims.issued_at);
    println!("expires at    {}", claims.expires_at.unwrap_or(0));

    // What an encoder for mails makes of it: a line end after 76 characters.
    let (front, back) = signature.expose().split_at(76);
    let refused = credentials.diagnose(&format!("{front}\r\n{back}"), stamp.issued_at());
    println!("if refused    {refused}");
    let expired = credentials.diagnose(signature.expose(), stamp.issued_at() + 512);
    println!("once expired  {expired}");
    Ok(())
}
