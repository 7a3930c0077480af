//! A reader that goes away, as `head` does, ends the program without a word.

#![cfg(unix)]

use std::fs;
use std::os::{fd::OwnedFd, unix::net::UnixStream};
use std::process::{Command, Stdio};

/// What stands where a reader was.
fn closed() -> Stdio {
    let (ours, _) = UnixStream::pair().unwrap();
    OwnedFd::from(ours).into()
}

#[test]
fn what_was_tried_is_taken_back() {
    let clone = concat!(env!("CARGO_TARGET_TMPDIR"), "/closed_pipe");
    let _ = fs::remove_dir_all(clone);
    let git = |arguments: &[&str]| Command::new("git").args(arguments).output().unwrap();
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    assert!(git(&["clone", "--quiet", root, clone]).status.success());

    let mut program = Command::new(env!("CARGO_BIN_EXE_xtask"));
    program.env("CARGO_MANIFEST_DIR", format!("{clone}/xtask"));
    program.args("release prepare 7.8.9 --dry-run".split(' '));
    let ended = program.stdout(closed()).stderr(closed()).status().unwrap();
    assert_eq!(ended.code(), Some(141));
    assert_eq!(String::from_utf8_lossy(&git(&["-C", clone, "status", "--porcelain"]).stdout), "");
}

#[test]
fn nobody_reads() {
    let cases: [(&[&str], bool); 3] =
        [(&["--help"], false), (&["release", "--help"], false), (&["nonsense"], true)];
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
