//! A reader that goes away, as `head` does, ends the program without a word.

#![cfg(unix)]

use std::os::{fd::OwnedFd, unix::net::UnixStream};
use std::process::{Command, Stdio};

/// What stands where a reader was.
fn closed() -> Stdio {
    let (ours, _) = UnixStream::pair().unwrap();
    OwnedFd::from(ours).into()
}

#[test]
fn nobody_reads() {
    let cases: [(&[&str], bool); 4] = [
        (&["--help"], false),
        (&["release", "--help"], false),
        (&["licences", "faceid-sign"], false),
        (&["nonsense"], true),
    ];
    for (arguments, to_stderr) in cases {
        let mut program = Command::new(env!("CARGO_BIN_EXE_xtask"));
        program.args(arguments).stdout(closed());
        if to_stderr {
            program.stderr(closed());
        }
        let ended = program.output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert_eq!((ended.status.code(), &*said), (Some(141), ""), "{arguments:?}");
    }
}
