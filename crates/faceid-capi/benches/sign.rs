//! What the C ABI costs: a sign of given time and nonce from a C program, and the same from Rust.
//!
//! The C program runs beside this one and waits for its turn, so that each round of the one has a round of the other
//! next to it. One line of JSON is printed: medians in nanoseconds, and the median of the rounds' ratios, C to Rust.

use std::error::Error;
use std::hint::black_box;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use faceid_sign::{Credentials, Nonce, Stamp, Validity};

const KEY: &str = "ICVvC_xUs6177WEtyUNwIH8J6NfGu50t";
const SECRET: &str = "UjYGdN9CBZKsDBLB5-5v3DykPXY6dw3q";
const ISSUED_AT: u64 = 1_530_762_118;
const NONCE: &str = "0799687066";

const ROUNDS: usize = 101;
const SIGNS: u32 = 10_000;

fn main() -> Result<(), Box<dyn Error>> {
    let mut child = Command::new(built()?).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut ask = child.stdin.take().ok_or("no stdin")?;
    let mut answers = BufReader::new(child.stdout.take().ok_or("no stdout")?).lines();
    let mut in_c = || -> Result<(f64, String), Box<dyn Error>> {
        writeln!(ask, "{SIGNS}")?;
        let line = answers.next().ok_or("the C program ended")??;
        let (nanoseconds, sign) = line.split_once(' ').ok_or("the C program prints something else")?;
        Ok((nanoseconds.parse()?, sign.to_owned()))
    };

    let credentials = Credentials::new(KEY, SECRET)?;
    let (mut ours, mut peers, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        // Who begins changes, and the first round is for warming up.
        let ((peer, sign), (own, same)) = if round % 2 == 0 {
            let first = in_rust(&credentials)?;
            (first, in_c()?)
        } else {
            let first = in_c()?;
            (in_rust(&credentials)?, first)
        };
        if sign != same {
            return Err("the two do not make the same sign".into());
        }
        if round > 0 {
            ours.push(own);
            peers.push(peer);
            ratios.push(own / peer);
        }
    }
    println!(
        r#"{{"rows":[{{"name":"faceid_signer_sign, Credentials::sign_into","ours_ns":{:.0},"peer_ns":{:.0},"ratio":{:.2}}}]}}"#,
        median(ours),
        median(peers),
        median(ratios),
    );
    drop(ask);
    if child.wait()?.success() { Ok(()) } else { Err("the C program failed".into()) }
}

/// Nanoseconds of a sign, and the last one made.
fn in_rust(credentials: &Credentials) -> Result<(f64, String), Box<dyn Error>> {
    let mut room = [0; 256];
    let mut len = 0;
    let started = Instant::now();
    for at in 0..SIGNS {
        // As in C: the nonce is read each time.
        let stamp = Stamp::new(ISSUED_AT + u64::from(black_box(at)), Nonce::new(black_box(NONCE))?);
        len = black_box(credentials.sign_into(&stamp, Validity::default(), &mut room)?).len();
    }
    let nanoseconds = started.elapsed().as_secs_f64() * 1e9 / f64::from(SIGNS);
    Ok((nanoseconds, std::str::from_utf8(&room[..len])?.to_owned()))
}

/// The C program, built against the static library that cargo put beside this one.
fn built() -> Result<std::path::PathBuf, Box<dyn Error>> {
    let library = std::env::current_exe()?.with_file_name("libfaceid.a");
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-sign");
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut compiler = Command::new("cc");
    compiler.args(["-std=c99", "-O2", "-Wall", "-Wextra", "-Werror", "-I"]).arg(crate_folder.join("include"));
    compiler.arg(crate_folder.join("benches/sign.c")).arg(library).args(["-lpthread", "-ldl", "-lm", "-o"]);
    if compiler.arg(&program).status()?.success() { Ok(program) } else { Err("cc failed".into()) }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
