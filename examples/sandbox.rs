//! The sandbox as a program, for clients in other languages: it serves until its standard input ends.

#![forbid(unsafe_code)]

use std::error::Error;
use std::io;

use faceid_sandbox::{DEMO_API_KEY, DEMO_API_SECRET, Sandbox};

fn main() -> Result<(), Box<dyn Error>> {
    let server = Sandbox::builder().start()?;
    // Lines that a shell can read: eval, or set -a and source.
    println!("FACEID_BASE_URL={}", server.url());
    println!("FACEID_API_KEY={DEMO_API_KEY}");
    println!("FACEID_API_SECRET={DEMO_API_SECRET}");
    // Whoever starts it holds the other end, and need not stop it: it ends with them.
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}
