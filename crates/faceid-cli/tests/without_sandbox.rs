//! The program built without its feature `sandbox`.

#![cfg(not(feature = "sandbox"))]

use std::process::{Command, Output};

use faceid_sandbox::{DEMO_API_KEY, DEMO_API_SECRET, Sandbox};

fn faceid(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_faceid"));
    command.args(arguments).env_clear().env("FACEID_API_SECRET", DEMO_API_SECRET);
    command.output().unwrap()
}

#[test]
fn what_is_left() {
    let server = Sandbox::builder().start().unwrap();
    let place = ["--base-url", server.url(), "--api-key", DEMO_API_KEY];
    // arguments, exit code, what is said
    let cases: [(&[&str], i32, &str); 6] = [
        (&[&["token", "--liveness-id", "any-scene"], &place[..]].concat(), 0, ","),
        (&["sign", "--api-key", DEMO_API_KEY, "--issued-at", "1", "--nonce", "1"], 0, "="),
        (&[&["doctor"], &place[..]].concat(), 0, "ok       clock"),
        (&["token", "--sandbox"], 2, "unexpected argument '--sandbox'"),
        (&["sandbox"], 2, "unrecognized command"),
        (&["--help"], 0, "  doctor "),
    ];
    for (arguments, code, said) in cases {
        let output = faceid(arguments);
        let told = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        assert!(told.contains(said), "{arguments:?}: {told}");
        assert!(code != 0 || !told.contains("--sandbox"), "{arguments:?}: {told}");
    }
}
