//! What no document can show: signals, a closed pipe, files that are written, and a program that goes on.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use crate::{faceid, text};

/// A sandbox in a process of its own.
struct Listening {
    child: Child,
    first_line: String,
    stdout: BufReader<ChildStdout>,
    stderr: BufReader<ChildStderr>,
}

impl Listening {
    fn start(arguments: &[&str]) -> Self {
        Self::start_with(arguments, &[])
    }

    fn start_with(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = faceid(&[&["sandbox"], arguments].concat());
        command.envs(environment.iter().copied());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let mut first_line = String::new();
        stdout.read_line(&mut first_line).unwrap();
        Self { child, first_line, stdout, stderr }
    }

    fn url(&self) -> &str {
        self.first_line.trim_end().strip_prefix("listening on ").unwrap()
    }

    fn ask(&self, arguments: &[&str], secret: &str) -> Output {
        let place = ["token", "--liveness-id", "any-scene", "--base-url", self.url()];
        faceid(&[&place, arguments].concat()).env("FACEID_API_SECRET", secret).output().unwrap()
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_sandbox_serves_other_processes() {
    let mut sandbox = Listening::start(&["-v", "--seed", "1"]);
    assert!(sandbox.url().starts_with("http://127.0.0.1:"), "{}", sandbox.first_line);
    let mut line = String::new();
    sandbox.stderr.read_line(&mut line).unwrap();
    assert!(line.contains("export FACEID_BASE_URL="), "{line}");

    let key = ["--api-key", "sandbox-demo-key"];
    let token = sandbox.ask(&key, "sandbox-demo-secret");
    assert!(token.status.success() && text(&token.stdout).contains(','), "{}", text(&token.stderr));
    let refused = sandbox.ask(&key, "another-secret");
    assert_eq!(refused.status.code(), Some(4));

    let in_a_namespace = format!("{}/ns/test-1", sandbox.url());
    let mut log = || {
        line.clear();
        sandbox.stderr.read_line(&mut line).unwrap();
        line.clone()
    };
    assert!(log().starts_with("200 liveness_id any-scene request_id "));
    assert!(log().starts_with("403 AUTHORIZATION_ERROR: INVALID_SIGN (no known slip"));

    let place = ["token", "--liveness-id", "any-scene", "--base-url", &in_a_namespace];
    let token =
        faceid(&[&place[..], &key[..]].concat()).env("FACEID_API_SECRET", "sandbox-demo-secret").output();
    assert!(token.unwrap().status.success());
    assert!(log().starts_with("/ns/test-1 200 liveness_id any-scene request_id "));

    // What could move the cursor of a terminal is escaped in its log.
    let mut sandbox = Listening::start(&["-v", "--seed", "1", "--fault", "AUTHORIZATION_ERROR=\u{1b}[2J"]);
    sandbox.ask(&key, "sandbox-demo-secret");
    sandbox.stderr.read_line(&mut String::new()).unwrap();
    let mut line = String::new();
    sandbox.stderr.read_line(&mut line).unwrap();
    assert!(line.starts_with(r"403 AUTHORIZATION_ERROR: \u{1b}[2J fault "), "{line:?}");
}

#[test]
fn a_sandbox_is_set_up_by_flags() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let secret = folder.join("own-secret");
    fs::write(&secret, "own-secret\n").unwrap();
    let rules = folder.join("rules.json");
    fs::write(&rules, r#"[{"fault": "AUTHORIZATION_ERROR=DENIED", "match": {"api_key": "own-*"}}]"#).unwrap();
    let own = ["--api-key", "own-key", "--api-secret-file", secret.to_str().unwrap()];
    let ask: &[&str] = &["--api-key", "own-key", "--max-attempts", "1"];
    // flags of the sandbox, further flags of the token, exit code, and what its stderr has
    let cases: &[(&[&str], &[&str], i32, &str)] = &[
        (&[], &[], 0, ""),
        (&["--quota", "0"], &[], 4, "LIMIT_REACHED"),
        (&["--concurrency", "0"], &[], 6, "(HTTP 403"),
        (&["--concurrency", "0", "--concurrency-status", "429"], &[], 6, "(HTTP 429"),
        (&["--fault", "sandbox:INTERNAL_ERROR"], &[], 4, "INTERNAL_ERROR"),
        (&["--fault", "sandbox:INTERNAL_ERROR", "--bare-errors"], &[], 4, "(HTTP 500)"),
        (&["--fault", "sandbox:INTERNAL_ERROR*1"], &["--max-attempts", "2"], 0, "retrying"),
        (&["--liveness-id", "a-scene"], &[], 4, "BAD_ARGUMENTS: liveness_id"),
        (&["--liveness-id", "a-scene", "--liveness-id", "any-scene"], &[], 0, ""),
        (&["--clock-offset", "3600"], &[], 4, "EXPIRED_SIGN"),
        (&["--clock-offset", "3600", "--clock-skew", "2h"], &[], 0, ""),
        (&["--longest-validity", "1m"], &[], 4, "INVALID_SIGN"),
        (&["--longest-validity", "1m"], &["--validity", "30s"], 0, ""),
        (&["--clock-offset", "-90", "--furthest-future", "1m"], &[], 4, "EXPIRED_SIGN"),
        (&["--clock-offset", "90", "--single-use-window", "1m"], &["--validity", "once"], 4, "EXPIRED_SIGN"),
        (&["--clock-offset", "90000", "--single-use-window", "none"], &["--validity", "once"], 0, ""),
        (
            &["--clock-offset", "3600", "--answer", "expired=AUTHENTICATION_ERROR"],
            &[],
            4,
            "AUTHENTICATION_ERROR",
        ),
        (&["--fault", "INTERNAL_ERROR", "--bare-errors=request_id"], &[], 4, "(HTTP 500)"),
        (&["--rules", rules.to_str().unwrap()], &[], 4, "DENIED"),
    ];
    for &(flags, further, code, said) in cases {
        let sandbox = Listening::start(&[&own, flags].concat());
        let mut arguments = ask.to_vec();
        if further.first() == Some(&"--max-attempts") {
            arguments.truncate(2);
        }
        arguments.extend(further);
        let output = sandbox.ask(&arguments, "own-secret");
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{flags:?}: {stderr}");
        assert!(stderr.contains(said), "{flags:?}: {stderr}");
    }
    let half = faceid(&["sandbox", "--api-key", "own-key"]).output().unwrap();
    assert_eq!(half.status.code(), Some(2));
    let taken = Listening::start(&[]);
    let address = taken.url().strip_prefix("http://").unwrap();
    assert_eq!(faceid(&["sandbox", "--listen", address]).output().unwrap().status.code(), Some(1));
}

/// What the keys are, and who they are for.
#[test]
fn a_sandbox_has_the_keys_that_it_was_given() {
    let keys = Path::new(env!("CARGO_TARGET_TMPDIR")).join("keys.json");
    let one = r#"{"api_key": "own-key", "api_secret": "own-secret"}"#;
    let other = r#"{"api_key": "other-key", "api_secret": "own-secret", "state": "discontinued"}"#;
    fs::write(&keys, format!("[{one}, {other}]")).unwrap();
    let environment = [("FACEID_API_KEY", "own-key"), ("FACEID_API_SECRET", "own-secret")];
    // flags, the key that asks, the exit code
    let cases: [(&[&str], &str, i32); 7] = [
        (&["--keys", keys.to_str().unwrap()], "own-key", 0),
        (&["--keys", keys.to_str().unwrap()], "other-key", 4),
        (&["--keys", keys.to_str().unwrap()], "sandbox-demo-key", 4),
        (&["--keys-from-env"], "own-key", 0),
        (&["--keys-from-env", "--quota", "0"], "own-key", 4),
        (&["--keys-from-env"], "sandbox-demo-key", 4),
        // Never by accident.
        (&[], "own-key", 4),
    ];
    for (flags, key, code) in cases {
        let sandbox = Listening::start_with(flags, &environment);
        let output = sandbox.ask(&["--api-key", key], "own-secret");
        assert_eq!(output.status.code(), Some(code), "{flags:?} {key}: {}", text(&output.stderr));
    }
}

#[test]
fn a_file_of_keys_that_is_wrong_is_named() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wrong-keys.json");
    let key = |name: &str| format!(r#"{{"api_key": "{name}", "api_secret": "own-secret"}}"#);
    let (one, two) = (key("own-key"), key("other-key"));
    // what is in the file, and what is said of it
    let cases = [
        ("[]".to_owned(), "there is no key in it"),
        (format!("[{one}, {two}, {one}]"), "the api_key own-key is there more than once"),
        (format!("[{one}, {}]", key(" other-key")), "[1]: api_key begins or ends with white space"),
        (key("a&b"), "[0]: api_key contains '&' or '='"),
    ];
    for (content, words) in cases {
        fs::write(&path, &content).unwrap();
        let output = faceid(&["sandbox", "--keys", path.to_str().unwrap()]).output().unwrap();
        let told = text(&output.stderr);
        assert!(!output.status.success() && told.contains(words), "{content}: {told}");
        assert!(!told.contains("own-secret"), "{told}");
    }
}

#[test]
fn the_same_seed_gives_the_same_ids() {
    let id = |sandbox: &Listening| {
        let token = sandbox.ask(&["--api-key", "sandbox-demo-key"], "sandbox-demo-secret");
        // Behind the comma and the half that is a MAC over the time.
        text(&token.stdout).trim().split(',').next_back().unwrap()[..18].to_owned()
    };
    let mut drawn = Listening::start(&[]);
    let first = id(&drawn);
    let told = (&mut drawn.stderr).lines().map(Result::unwrap).find(|line| line.contains("--seed ")).unwrap();
    let seed = told.split("--seed ").nth(1).unwrap().split(' ').next().unwrap();
    let [again, other] = [seed, "7"].map(|seed| id(&Listening::start(&["--seed", seed])));
    assert_eq!(first, again, "{told}");
    assert_ne!(first, other);
    // Whole, and a second later: where the clock stands still.
    let whole = || {
        let sandbox = Listening::start(&["--seed", seed, "--frozen-at", "1700000000"]);
        text(&sandbox.ask(&["--api-key", "sandbox-demo-key"], "sandbox-demo-secret").stdout).to_owned()
    };
    let token = whole();
    thread::sleep(Duration::from_millis(1100));
    assert_eq!((token.is_empty(), whole()), (false, token));
}

/// A name has several addresses, and the sandbox listens at one.
#[test]
fn health_is_asked_at_each_address_of_a_name() {
    use std::net::ToSocketAddrs as _;

    let addresses: Vec<_> = ("localhost", 0).to_socket_addrs().unwrap().collect();
    for mut address in addresses {
        address.set_port(0);
        let sandbox = Listening::start(&["--listen", &address.to_string()]);
        let port = sandbox.url().rsplit(':').next().unwrap();
        let health = faceid(&["sandbox", "--health", &format!("http://localhost:{port}")]).output().unwrap();
        assert!(health.status.success(), "{address}: {}", text(&health.stderr));
    }
}

/// What answers there may be anything.
#[test]
fn health_is_that_of_a_sandbox() {
    let length = |body: &str| format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    // what answers, whether it then closes, and what is said, in English or Chinese
    let cases = [
        (length("{\"status\":\"ok\"}"), false, "en", ""),
        (length("hello"), true, "en", ": HTTP/1.1 200 OK\n"),
        (length("hello"), false, "en", ": no answer in time\n"),
        ("HTTP/1.1 503 Busy\r\n\r\n{\"status\":\"ok\"}".to_owned(), true, "en", ": HTTP/1.1 503 Busy\n"),
        (String::new(), true, "en", ": the connection ended before an answer\n"),
        (String::new(), false, "en", ": no answer in time\n"),
        (String::new(), false, "zh", "：未能及时收到应答\n"),
    ];
    thread::scope(|scope| {
        for (answer, closes, language, said) in cases {
            scope.spawn(move || {
                let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
                let url = format!("http://{}", listener.local_addr().unwrap());
                let asking = scope.spawn(move || {
                    faceid(&["sandbox", "--lang", language, "--health", &url]).output().unwrap()
                });
                let (mut stream, _) = listener.accept().unwrap();
                let _ = stream.read(&mut [0; 1024]);
                stream.write_all(answer.as_bytes()).unwrap();
                if closes {
                    drop(stream);
                } else {
                    // Until the other end has had enough.
                    let _ = stream.read_to_end(&mut Vec::new());
                }
                let output = asking.join().unwrap();
                let (told, code) = (text(&output.stderr), if said.is_empty() { 0 } else { 5 });
                assert!(told.contains(said), "{answer}: {told}");
                assert_eq!(output.status.code(), Some(code), "{answer}: {told}");
            });
        }
    });
}

/// A program in another language starts it, finds it, and ends it.
#[test]
fn a_sandbox_is_found_and_ended_by_whoever_started_it() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (ready, ca) = (folder.join("ready.json"), folder.join("ca.pem"));
    let (ready_flag, ca_flag) = (ready.to_str().unwrap(), ca.to_str().unwrap());
    fs::write(&ready, "of an earlier run").unwrap();
    let mut command = faceid(&["sandbox", "--tls", "--ca-out", ca_flag]);
    command.args(["--until-stdin-closes", "--ready-file", ready_flag]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();

    let url = line.trim_end().strip_prefix("listening on ").unwrap();
    let found: serde_json::Value = serde_json::from_str(&fs::read_to_string(&ready).unwrap()).unwrap();
    assert_eq!(found, serde_json::json!({ "url": url, "pid": child.id() }));
    let health = |arguments: &[&str]| {
        faceid(&[&["sandbox", "--health", url], arguments].concat()).output().unwrap().status.code()
    };
    assert_eq!(health(&["--ca-file", ca_flag]), Some(0));
    assert_eq!(health(&[]), Some(5), "whose certificate is not trusted");
    let token = faceid(&["token", "--liveness-id", "x", "--base-url", url, "--api-key", "sandbox-demo-key"])
        .args(["--ca-file", ca_flag])
        .env("FACEID_API_SECRET", "sandbox-demo-secret")
        .output()
        .unwrap();
    assert!(token.status.success(), "{}", text(&token.stderr));

    drop(child.stdin.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(!ready.exists());
    assert_eq!(health(&["--ca-file", ca_flag]), Some(5));
}

#[test]
fn the_first_line_in_each_form() {
    let cases = [
        ("text", "listening on http://127.0.0.1:"),
        (
            "json",
            r#"{"api_key":"sandbox-demo-key","api_secret":"sandbox-demo-secret","base_url":"http://127.0.0.1:"#,
        ),
        ("env", "FACEID_BASE_URL=http://127.0.0.1:"),
    ];
    for (output, expected) in cases {
        let sandbox = Listening::start(&["--output", output]);
        assert!(sandbox.first_line.starts_with(expected), "{output}: {}", sandbox.first_line);
    }
}

#[cfg(unix)]
fn send(signal: &str, child: &Child) {
    // The shell's own: Debian has the program in a package that not every image holds.
    let kill = format!("kill -s {signal} {}", child.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
}

#[cfg(unix)]
#[test]
fn signals() {
    for signal in ["TERM", "INT"] {
        let ready = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("ready-{signal}.json"));
        let mut sandbox = Listening::start(&["--ready-file", ready.to_str().unwrap()]);
        let asked = Instant::now();
        send(signal, &sandbox.child);
        assert_eq!(sandbox.child.wait().unwrap().code(), Some(0), "{signal}");
        // Nothing is under way, so nothing is waited for.
        assert!(asked.elapsed() < Duration::from_secs(1), "{signal}: {:?}", asked.elapsed());
        let mut rest = String::new();
        sandbox.stdout.read_to_string(&mut rest).unwrap();
        assert_eq!((&*rest, ready.exists()), ("", false), "{signal}");
    }

    // A call that the sandbox is about to answer has its answer first.
    let mut sandbox = Listening::start(&["--fault", "delay=1s"]);
    let place = ["token", "--liveness-id", "any-scene", "--base-url", sandbox.url()];
    let mut token =
        faceid(&[&place[..], &["--api-key", "sandbox-demo-key", "--max-attempts", "1", "-vv"]].concat());
    token.env("FACEID_API_SECRET", "sandbox-demo-secret").stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = token.spawn().unwrap();
    thread::sleep(Duration::from_millis(500));
    send("TERM", &sandbox.child);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(sandbox.child.wait().unwrap().code(), Some(0));

    // A call that is under way when the signal comes: the log tells that it is about to begin.
    let mut token = faceid(&["token", "--sandbox", "--liveness-id", "sandbox:delay=30s", "-vv"]);
    let mut child = token.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let log = BufReader::new(child.stderr.take().unwrap());
    assert!(log.lines().map_while(Result::ok).any(|line| line.starts_with("Network ")));
    send("INT", &child);
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

/// Of two with one file, the later one is found.
#[test]
fn a_ready_file_of_another_stays() {
    let ready = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ready-of-two.json");
    let [first, second] = [(); 2].map(|()| {
        let mut command =
            faceid(&["sandbox", "--until-stdin-closes", "--ready-file", ready.to_str().unwrap()]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut String::new()).unwrap();
        child
    });
    for (mut child, there) in [(first, true), (second, false)] {
        drop(child.stdin.take());
        assert_eq!(child.wait().unwrap().code(), Some(0));
        assert_eq!(ready.exists(), there);
    }
}

/// More lines of a log than a pipe holds, and nobody reads them: no request waits for that, nor does the end.
#[cfg(unix)]
#[test]
fn a_log_that_nobody_reads() {
    let mut sandbox = Listening::start(&["-v"]);
    let address = sandbox.url().strip_prefix("http://").unwrap().to_owned();
    for _ in 0..2000 {
        let mut connection = TcpStream::connect(&address).unwrap();
        connection.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        connection.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
        assert!(connection.read_to_end(&mut Vec::new()).unwrap() > 0);
    }
    send("TERM", &sandbox.child);
    let patience = Instant::now() + Duration::from_secs(10);
    let ended = loop {
        let ended = sandbox.child.try_wait().unwrap();
        if ended.is_some() || Instant::now() > patience {
            break ended;
        }
        thread::sleep(Duration::from_millis(10));
    };
    assert_eq!(ended.expect("it ends").code(), Some(0));
}

/// A command that waits for a secret or a sign, and what it waits for never comes.
#[cfg(target_os = "linux")]
#[test]
fn interrupted_while_reading() {
    let secret = ["--api-key", "fake-key", "--api-secret-file", "-"];
    let place = ["token", "--liveness-id", "any-scene", "--base-url", "http://127.0.0.1:1"];
    let json = ["--output", "json"];
    let told = r#"{"error":{"code":null,"hint":null,"kind":"interrupted","message":"interrupted","request_id":null,"retryable":false}}"#;
    // The arguments, and what is told of it
    let cases = [
        (vec!["inspect"], ""),
        ([&["sign"], &secret[..]].concat(), ""),
        ([&place[..], &secret].concat(), ""),
        ([&["inspect"], &json[..]].concat(), told),
        ([&place[..], &secret, &json].concat(), told),
    ];
    for (arguments, told) in cases {
        let arguments = &*arguments;
        let mut child = faceid(arguments).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let never_closed = child.stdin.take();
        let status = format!("/proc/{}/status", child.id());
        // Whether the signal, the second of the mask's bits, is caught by now.
        let caught = || {
            let status = fs::read_to_string(&status).unwrap();
            let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
            u64::from_str_radix(mask.trim(), 16).unwrap() & 2 != 0
        };
        let patience = Instant::now() + Duration::from_secs(10);
        while !caught() && Instant::now() < patience {
            thread::sleep(Duration::from_millis(10));
        }
        send("INT", &child);
        let output = child.wait_with_output().unwrap();
        drop(never_closed);
        let ended = (output.status.code(), text(&output.stderr).trim_end());
        assert_eq!(ended, (Some(130), told), "{arguments:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_one_line() {
    for arguments in
        [&["vectors"][..], &["--help"], &["--version"], &["token", "--help"], &["token", "--sandbox"]]
    {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let output = faceid(arguments).stdout(full).stderr(Stdio::piped()).output().unwrap();
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {stderr}");
        assert_eq!(
            stderr, "error: cannot write to stdout: No space left on device (os error 28)\n",
            "{arguments:?}"
        );
    }
}

/// As `faceid vectors | head -1` does; and what was found out is not lost with who reads it.
#[test]
fn a_closed_pipe_is_no_failure() {
    let refused = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents/inspect.in/hex.txt");
    // The arguments, the exit code, and how stderr begins
    let cases: [(&[&str], i32, &str); 9] = [
        (&["vectors"], 0, ""),
        (&["man"], 0, ""),
        (&["completions", "bash"], 0, ""),
        (&["--help"], 0, ""),
        (&["token", "--sandbox"], 0, ""),
        (&["token", "--sandbox", "--count", "4294967295"], 0, ""),
        (&["token", "--sandbox", "--output", "json"], 0, ""),
        (&["inspect", refused.to_str().unwrap()], 1, "error: the sign does not verify: "),
        (&["doctor", "--api-key", "fake-key", "--base-url", "http://127.0.0.1:1"], 5, "error: 1 failed"),
    ];
    for (arguments, code, told) in cases {
        let mut command = faceid(arguments);
        command.env("FACEID_API_SECRET", "UjYGdN9CBZKsDBLB5-5v3DykPXY6dw3q");
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {stderr}");
        assert!(stderr.starts_with(told) && stderr.is_empty() == told.is_empty(), "{arguments:?}: {stderr}");
    }
}

#[test]
fn vectors_are_those_of_the_signer() {
    let output = faceid(&["vectors"]).output().unwrap();
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../faceid-sign/tests/vectors.json");
    assert!(output.stdout == fs::read(vectors).unwrap());
}

#[test]
fn a_manual_page_for_each_command() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("man");
    let output = faceid(&["man", folder.to_str().unwrap()]).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    for command in ["", "-token", "-sign", "-inspect", "-doctor", "-sandbox", "-config", "-vectors"] {
        assert!(folder.join(format!("faceid{command}.1")).is_file(), "{command}");
    }
}

#[test]
fn completions_for_each_shell() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = faceid(&["completions", shell]).output().unwrap();
        assert!(text(&output.stdout).contains("api-secret-file"), "{shell}");
    }
    let regions = [("bash", "china singapore indonesia"), ("zsh", "REGION:(china singapore indonesia)")];
    for (shell, regions) in regions {
        let output = faceid(&["completions", shell]).output().unwrap();
        assert!(text(&output.stdout).contains(regions), "{shell}");
    }
}

/// No colour in a file, and none where the environment says so; the text stays the same.
#[test]
fn no_colour_without_a_terminal() {
    for variable in ["NO_COLOR", "UNRELATED"] {
        let output = faceid(&["sign"]).env(variable, "1").output().unwrap();
        assert!(text(&output.stderr).starts_with("error: "), "{variable}");
    }
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_no_text() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let cases = [
        ("en", "error: an argument that is to be text is not UTF-8"),
        ("zh", "错误：命令行有误：应为文本的参数不是 UTF-8"),
    ];
    for (lang, expected) in cases {
        let mut command = faceid(&["--lang", lang, "token", "--count"]);
        let output = command.arg(OsStr::from_bytes(b"\xFF")).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).starts_with(expected), "{}", text(&output.stderr));
    }
}

/// Each of these is a mistake that would otherwise show as a refused sign.
#[test]
fn a_file_of_more_than_the_secret_is_refused() {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("two-lines");
    let said = "error: --api-secret-file has a line end or a NUL within: it is to hold the secret and nothing else\n";
    let cases: [(&[u8], &str); 6] = [
        (b"fake-key\nfake-secret\n", said),
        (b"fake-key\rfake-secret", said),
        (b"fake-secret\0\0", said),
        // UTF-16
        (b"f\0a\0k\0e\0", said),
        (b"fake-secret\r\n", ""),
        (b"\n\nfake-secret", "error: --api-secret-file begins or ends with a line end\n"),
    ];
    for (content, said) in cases {
        fs::write(&file, content).unwrap();
        let arguments = ["sign", "--api-key", "fake-key", "--api-secret-file", file.to_str().unwrap()];
        let output = faceid(&arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(if said.is_empty() { 0 } else { 3 }), "{content:?}");
        assert_eq!(text(&output.stderr), said, "{content:?}");
    }
}

/// What others can read or write is no secret, and what is no file may never end.
#[cfg(unix)]
#[test]
fn files_that_a_profile_may_not_be_or_name() {
    use std::os::unix::fs::PermissionsExt as _;

    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("permissions");
    let folder = home.join(".config/faceid");
    fs::create_dir_all(&folder).unwrap();
    let (file, secret) = (folder.join("config.toml"), folder.join("secret"));
    let _ = fs::remove_file(&file);
    fs::write(&secret, "fake-secret\n").unwrap();
    fs::write(home.join("secret"), "fake-secret\n").unwrap();
    fs::set_permissions(home.join("secret"), fs::Permissions::from_mode(0o600)).unwrap();
    let sign = || faceid(&["sign"]).env("HOME", &home).output().unwrap();

    let shared = "others can read or write it";
    let beside = format!("a relative path there begins in {}", folder.display());
    // What the profile names, modes of profile and secret, what is said
    let cases = [
        ("secret", 0o600, 0o600, ""),
        ("secret", 0o600, 0o400, ""),
        ("~/secret", 0o600, 0o600, ""),
        ("secret", 0o640, 0o600, shared),
        ("secret", 0o620, 0o600, shared),
        ("secret", 0o600, 0o604, shared),
        ("secret", 0o600, 0o602, shared),
        ("secret", 0o600, 0o660, shared),
        ("hunter2", 0o600, 0o600, &beside),
    ];
    for (named, of_profile, of_secret, said) in cases {
        fs::write(&file, format!("[default]\napi_key = \"fake-key\"\napi_secret_file = \"{named}\"\n"))
            .unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(of_profile)).unwrap();
        fs::set_permissions(&secret, fs::Permissions::from_mode(of_secret)).unwrap();
        let output = sign();
        let stderr = text(&output.stderr);
        assert_eq!(
            output.status.code(),
            Some(if said.is_empty() { 0 } else { 3 }),
            "{of_secret:o}: {stderr}"
        );
        assert!(stderr.contains(said), "{named} {of_profile:o} {of_secret:o}: {stderr}");
        assert!(!stderr.contains("hunter2"), "{stderr}");
        fs::remove_file(&file).unwrap();
    }
    // Of a file that a flag names, whoever mounted it has decided.
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o444)).unwrap();
    let flag = ["sign", "--api-key", "fake-key", "--api-secret-file", secret.to_str().unwrap()];
    assert!(faceid(&flag).output().unwrap().status.success());

    assert!(Command::new("mkfifo").arg(&file).status().unwrap().success());
    let output = sign();
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("it is no file"), "{}", text(&output.stderr));
}

/// Whatever it is, no terminal obeys it and no line is forged; and a program gets it as it is.
#[test]
fn control_characters_in_settings() {
    let environment = [("FACEID_REGION", "\u{1b}[31mX"), ("FACEID_LIVENESS_ID", "a\nFACEID_X=1 \u{9b}")];
    let show = |form: &str| {
        let output = faceid(&["config", "show", "--output", form]).envs(environment).output().unwrap();
        text(&output.stdout).to_owned()
    };
    assert!(show("text").starts_with("region = \\u{1b}[31mX\n"), "{}", show("text"));
    assert!(show("text").contains("liveness_id = a\\nFACEID_X=1 \\u{9b}\n"), "{}", show("text"));
    assert!(show("env").contains("FACEID_LIVENESS_ID='a\nFACEID_X=1 \u{9b}'\n"), "{}", show("env"));
    assert!(show("json").contains(r#""liveness_id":"a\nFACEID_X=1 \u009b""#), "{}", show("json"));

    let cases: [&[&str]; 6] = [
        &["sign", "--nonce", "\u{1b}[31mX"],
        &["sign", "--nonce", "1\nerror: X"],
        &["sign", "--profile", "\u{1b}[31mX"],
        &["token", "--count", "\u{1b}[31mX", "--output", "json"],
        &["\u{1b}[31mX"],
        &["sign", "--\u{1b}[31mX"],
    ];
    for arguments in cases {
        let output = faceid(arguments).output().unwrap();
        let stderr = text(&output.stderr);
        assert!(!stderr.contains('\u{1b}') && !stderr.contains("\nerror: X"), "{arguments:?}: {stderr:?}");
    }
}

/// Those above the first profile are for none, and would be passed over without a word.
#[cfg(unix)]
#[test]
fn settings_outside_a_profile_are_refused() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("outside");
    fs::create_dir_all(folder.join("faceid")).unwrap();
    let file = folder.join("faceid/config.toml");
    for profile in ["", "[default]\napi_key = \"key\"\n"] {
        fs::write(&file, format!("region = \"china\"\n{profile}")).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        let output = faceid(&["sign"]).env("XDG_CONFIG_HOME", &folder).output().unwrap();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{said}");
        assert!(said.contains("region is no table: settings stand below [default]"), "{said}");
    }
}

/// What the library alone can tell of it is said of where it stands: a flag is a matter of usage.
#[test]
fn a_scene_that_the_library_refuses() {
    for (flag, variable, code) in [(Some("a\nb"), "", 2), (None, "a\nb", 3)] {
        let mut command = faceid(&["token", "--base-url", "http://127.0.0.1:1", "--api-key", "fake-key"]);
        command.args(flag.into_iter().flat_map(|scene| ["--liveness-id", scene]));
        let output =
            command.env("FACEID_LIVENESS_ID", variable).env("FACEID_API_SECRET", "fake-secret").output();
        let output = output.unwrap();
        assert!(text(&output.stderr).contains("liveness_id contains a control character"));
        assert_eq!(output.status.code(), Some(code));
    }
}
