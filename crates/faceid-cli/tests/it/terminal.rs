//! What only a terminal shows: a prompt without echo, and colour. `script` of util-linux lends the terminal.

use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::{faceid, text};

const VENDORS_KEY: &str = "ICVvC_xUs6177WEtyUNwIH8J6NfGu50t";
const VENDORS_SECRET: &str = "UjYGdN9CBZKsDBLB5-5v3DykPXY6dw3q";

/// Runs a line of a shell in a terminal that echoes, types `typed` once something was shown, and returns what the terminal
/// then holds. `$FACEID` is the program. Nothing, where no `script` is to be had.
fn shown(line: &str, environment: &[(&str, &str)], typed: &str) -> Option<String> {
    let mut command = Command::new("script");
    command.args(["--quiet", "--return", "--flush", "--echo", "always", "--command", line, "/dev/null"]);
    // As everywhere in these tests: nothing of this machine's own settings.
    command.env_clear().env("PATH", "/usr/bin:/bin").env("SHELL", "/bin/sh").env("TERM", "xterm");
    command.env("FACEID", faceid(&[]).get_program()).envs(environment.iter().copied());
    let Ok(mut child) = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn() else {
        eprintln!("left out: script is missing");
        return None;
    };
    let mut stdout = child.stdout.take().unwrap();
    let mut seen = vec![0; 4096];
    let length = stdout.read(&mut seen).unwrap();
    seen.truncate(length);
    let mut stdin = child.stdin.take().unwrap();
    if !typed.is_empty() {
        // The prompt stands there a moment before the echo is off; no person types that fast.
        sleep(Duration::from_secs(1));
        stdin.write_all(typed.as_bytes()).unwrap();
    }
    stdout.read_to_end(&mut seen).unwrap();
    drop(stdin);
    child.wait().unwrap();
    Some(text(&seen).to_owned())
}

#[test]
fn a_secret_is_asked_for_without_echo() {
    let sign = format!(
        "\"$FACEID\" sign --api-key {VENDORS_KEY} --issued-at 1530762118 --nonce 0799687066 --validity 100s"
    );
    let typed = format!("{VENDORS_SECRET}\n");
    let Some(terminal) = shown(&sign, &[], &typed) else { return };
    assert!(terminal.contains("SPzLRbDBgTGC2A8YdDaa7Jrny"), "{terminal:?}");
    assert!(!terminal.contains(VENDORS_SECRET), "the secret is echoed");

    // By stdin, which is the terminal.
    let stdin = format!("{sign} --api-secret-file -");
    let terminal = shown(&stdin, &[], &typed).unwrap();
    assert!(terminal.contains("SPzLRbDBgTGC2A8YdDaa7Jrny"), "{terminal:?}");
    assert!(!terminal.contains(VENDORS_SECRET), "the secret is echoed");

    let doctor = format!("\"$FACEID\" doctor --api-key {VENDORS_KEY} --base-url http://127.0.0.1:1");
    let terminal = shown(&doctor, &[], &typed).unwrap();
    assert!(terminal.contains("api_key from --api-key, api_secret from a prompt"), "{terminal:?}");
    assert!(!terminal.contains(VENDORS_SECRET), "the secret is echoed");

    // The terminal does echo, if nobody asks it not to.
    let terminal = shown("printf 'ready\\n'; read -r line", &[], &typed).unwrap();
    assert!(terminal.contains(VENDORS_SECRET), "{terminal:?}");
}

#[test]
fn colour_is_for_terminals_that_want_it() {
    const FAILS: &str = "\"$FACEID\" inspect no-such-file";
    let cases: [(&str, &[(&str, &str)], bool); 5] = [
        (FAILS, &[], true),
        (FAILS, &[("NO_COLOR", "")], true),
        (FAILS, &[("NO_COLOR", "1")], false),
        (FAILS, &[("TERM", "dumb")], false),
        ("\"$FACEID\" inspect no-such-file 2>&1 | cat", &[], false),
    ];
    for (line, environment, coloured) in cases {
        let Some(terminal) = shown(line, environment, "") else { return };
        assert!(terminal.contains("no-such-file") || terminal.contains("cannot be read"), "{terminal:?}");
        assert_eq!(terminal.contains('\u{1b}'), coloured, "{line} {environment:?}: {terminal:?}");
    }
}
