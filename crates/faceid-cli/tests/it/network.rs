//! TLS, and answers that no sandbox gives.

use std::fs;
use std::path::PathBuf;
use std::process::Output;
use std::thread;
use std::time::{Duration, Instant};

use faceid_faults::{Authority, Leaf, Server};

use crate::{faceid, text};

const SECRET: &str = "a-secret-that-nobody-may-see";

/// A command with a key, asked of this server.
fn ask(server: &Server, scheme: &str, arguments: &[&str]) -> Output {
    let url = format!("{scheme}://{}", server.address());
    let place = ["--base-url", &url, "--api-key", "fake-key"];
    faceid(&[arguments, &place].concat()).env("FACEID_API_SECRET", SECRET).output().unwrap()
}

#[test]
fn tls() {
    let authority = Authority::default();
    let roots = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("roots.pem");
    fs::write(&roots, authority.pem()).unwrap();
    let roots = roots.to_str().unwrap();
    // certificate, exit code of token and of doctor, what doctor says
    let cases = [
        (Leaf::Good, 0, "ok       tls          TLSv1_3, the certificate is trusted"),
        (Leaf::Expired, 5, "FAILED   tls          invalid peer certificate: certificate expired"),
        (
            Leaf::OtherHost,
            5,
            "FAILED   tls          invalid peer certificate: certificate not valid for name",
        ),
    ];
    for (leaf, code, said) in cases {
        let server = Server::start(Some(authority.server(leaf)), |peer| {
            peer.request()?;
            peer.answer("200 OK", "", r#"{"biz_token":"over-tls"}"#)
        });
        let token = ask(&server, "https", &["token", "--liveness-id", "any-scene", "--ca-file", roots]);
        assert_eq!(token.status.code(), Some(code), "{leaf:?}: {}", text(&token.stderr));
        let doctor = ask(&server, "https", &["doctor", "--ca-file", roots]);
        assert_eq!(doctor.status.code(), Some(code), "{leaf:?}: {}", text(&doctor.stderr));
        assert!(text(&doctor.stdout).contains(said), "{leaf:?}: {}", text(&doctor.stdout));
    }
    // The system's roots do not have that authority.
    let server = Server::start(Some(authority.server(Leaf::Good)), |_| Ok(()));
    let token = ask(&server, "https", &["token", "--liveness-id", "any-scene"]);
    assert!(matches!(token.status.code(), Some(3 | 5)), "{}", text(&token.stderr));
}

/// What is no answer ends in time, by name, and with the code of the network.
#[test]
fn doctor_of_what_is_no_service() {
    let silent = Server::start(None, |peer| {
        peer.wait();
        Ok(())
    });
    let trickling = Server::start(None, |peer| {
        for byte in b"HTTP/1.1 200 OK\r\n".iter().cycle() {
            peer.send([*byte])?;
            thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    });
    let shell = Server::start(None, |peer| peer.send("SSH-2.0-OpenSSH_9.9\r\n"));
    let cases = [
        (&silent, "http", "FAILED   clock        no answer: the time is over"),
        (&silent, "https", "FAILED   tls          no answer in time"),
        (&trickling, "http", "FAILED   clock        no answer: the time is over"),
        (&shell, "http", "FAILED   clock        the answer is broken off or not HTTP"),
    ];
    for (server, scheme, said) in cases {
        let started = Instant::now();
        let doctor = ask(server, scheme, &["doctor", "--probe", "--timeout", "2s"]);
        let stdout = text(&doctor.stdout);
        assert!(stdout.contains(said), "{scheme}: {stdout}");
        assert_eq!(doctor.status.code(), Some(5), "{stdout}");
        // All together, the probe too.
        assert!(started.elapsed() < Duration::from_secs(3), "{said}: {:?}", started.elapsed());
    }
}

/// The address is a name that only the proxy takes to somewhere, and never one of this machine, which is asked directly.
#[test]
fn doctor_behind_a_proxy() {
    let authority = Authority::default();
    let roots = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("proxy-roots.pem");
    fs::write(&roots, authority.pem()).unwrap();
    let tunnels = faceid_faults::proxy();
    let refuses = Server::start(None, |peer| {
        peer.request()?;
        peer.answer("407 Proxy Authentication Required", "", "")
    });
    let nobody = "127.0.0.1:1".to_owned();
    // certificate, proxy, exit code, what doctor says of proxy, dns, connect, tls
    let cases = [
        (
            Leaf::Good,
            tunnels.address().to_string(),
            0,
            [
                "ok       proxy        there is one, from the environment: 127.0.0.1:",
                "skipped  dns          the proxy looks the name up",
                "ok       connect      the proxy leads to tunnel.invalid:",
                "ok       tls          TLSv1_3, the certificate is trusted",
            ],
        ),
        (
            Leaf::OtherHost,
            tunnels.address().to_string(),
            5,
            [
                "ok       proxy",
                "skipped  dns          the proxy looks the name up",
                "ok       connect      the proxy leads to tunnel.invalid:",
                "FAILED   tls          invalid peer certificate: certificate not valid for name",
            ],
        ),
        (
            Leaf::Good,
            refuses.address().to_string(),
            5,
            [
                "ok       proxy",
                "skipped  dns",
                "FAILED   connect      the proxy does not lead there: HTTP/1.1 407 Proxy Authentication Required",
                "skipped  tls          not looked at",
            ],
        ),
        (
            Leaf::Good,
            nobody,
            5,
            ["FAILED   proxy        no connection: ", "skipped  dns", "skipped  connect", "skipped  tls"],
        ),
    ];
    for (leaf, proxy, code, said) in cases {
        let server = Server::start(Some(authority.server(leaf)), |peer| {
            peer.request()?;
            peer.answer("200 OK", "", "")
        });
        let url = format!("https://tunnel.invalid:{}", server.address().port());
        let arguments = ["doctor", "--base-url", &url, "--api-key", "fake-key", "--ca-file"];
        let mut command = faceid(&arguments);
        let command = command.arg(&roots).env("FACEID_API_SECRET", SECRET);
        let doctor = command.env("HTTPS_PROXY", format!("http://{proxy}")).output().unwrap();
        let stdout = text(&doctor.stdout);
        assert_eq!(doctor.status.code(), Some(code), "{leaf:?} {proxy}: {stdout}");
        for line in said {
            assert!(stdout.lines().any(|told| told.starts_with(line)), "{leaf:?} {proxy}: {line}\n{stdout}");
        }
    }
}

#[test]
fn answers() {
    let long = " ".repeat(1 << 20);
    // status, body, exit code, what stderr says
    let cases = [
        ("200 OK", r#"{"request_id":"1"}"#, 1, "the answer does not read"),
        ("200 OK", "<html>", 1, "the answer does not read"),
        ("200 OK", r#"{"biz_token":"\u001b[2J"}"#, 1, "biz_token holds a control character"),
        ("200 OK", r#"{"biz_token":"one\ntwo"}"#, 1, "biz_token holds a control character"),
        ("200 OK", long.leak(), 5, "the answer is larger than allowed"),
        ("403 Forbidden", r#"{"error":{"code":5}}"#, 4, r#"{"code":5} (HTTP 403)"#),
        ("403 Forbidden", r#"{"error":"AUTHORIZATION_ERROR: \u001b[31mred"}"#, 4, r"\u{1b}[31mred"),
        ("301 Moved", "", 5, "redirects are not followed"),
        ("429 Too Many Requests", "slow down", 6, "too many requests at once"),
    ];
    for (status, body, code, said) in cases {
        let server = Server::start(None, move |peer| {
            peer.request()?;
            peer.answer(status, "", body)
        });
        let token = ["token", "--liveness-id", "any-scene", "--max-attempts", "1", "--output"];
        for form in ["text", "env", "json"] {
            let output = ask(&server, "http", &[&token[..], &[form]].concat());
            let stderr = text(&output.stderr);
            let ended = (output.status.code(), text(&output.stdout));
            assert_eq!(ended, (Some(code), ""), "{form} {body}: {stderr}");
            assert!(form == "json" || stderr.contains(said), "{form} {body}: {stderr}");
            assert!(
                !stderr.trim_end().contains(|c: char| c.is_control() && c != '\n'),
                "{form} {body}: {stderr}"
            );
        }
    }
}

/// As the service wrote it, in the escapes of JSON; none, where it wrote no text.
#[test]
fn the_code_of_an_answer_in_json() {
    let long = "x".repeat(300);
    let cases = [
        (
            r#"{"error":"AUTHORIZATION_ERROR: DENIED"}"#.to_owned(),
            r#""AUTHORIZATION_ERROR: DENIED""#.to_owned(),
        ),
        (r#"{"error":"\u001b[31mEVIL: \u009b"}"#.to_owned(), r#""\u001b[31mEVIL""#.to_owned()),
        (r#"{"error":"a\u009b\u007fb"}"#.to_owned(), r#""a\u009b\u007fb""#.to_owned()),
        (r#"{"error":"a\u202eb\u2028"}"#.to_owned(), r#""a\u202eb""#.to_owned()),
        (
            r#"{"error":"AUTHORIZATION_ERROR: \u001b"}"#.to_owned(),
            r#""AUTHORIZATION_ERROR: \u001b""#.to_owned(),
        ),
        (r#"{"error":{"code":5},"message":"x"}"#.to_owned(), "null".to_owned()),
        (r#"{"error":["x"]}"#.to_owned(), "null".to_owned()),
        (format!(r#"{{"error":"{long}"}}"#), format!("{:?}", &long[..256])),
    ];
    for (body, code) in cases {
        let answered = body.clone();
        let server = Server::start(None, move |peer| {
            peer.request()?;
            peer.answer("403 Forbidden", "", &answered)
        });
        let output = ask(&server, "http", &["token", "--liveness-id", "any-scene", "--output", "json"]);
        let stderr = text(&output.stderr);
        assert!(stderr.starts_with(&format!(r#"{{"error":{{"code":{code},"#)), "{body}: {stderr}");
    }
}

/// Who answers anything with 200 is not the service.
#[test]
fn a_probe_that_anybody_takes_proves_nothing() {
    let cases = [
        ("{}", 1, "FAILED   sign         the answer does not read"),
        ("<html>", 1, "FAILED   sign         the answer does not read"),
        (r#"{"biz_token":"a-token"}"#, 0, "ok       sign         the service took a request"),
    ];
    for (body, code, said) in cases {
        let server = Server::start(None, move |peer| {
            peer.request()?;
            peer.answer("200 OK", "", body)
        });
        let doctor = ask(&server, "http", &["doctor", "--probe"]);
        let stdout = text(&doctor.stdout);
        assert_eq!(doctor.status.code(), Some(code), "{body}: {stdout}");
        assert!(stdout.contains(said), "{body}: {stdout}");
        // With its port, as RFC 9110 has it.
        let head = &server.received()[0].head;
        assert!(head.contains(&format!("\r\nhost: {}\r\n", server.address())), "{head}");
    }
}

/// The setting that names the file is named, wherever it stands.
#[test]
fn files_without_roots() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let file = |name: &str, content: &str| {
        let path = folder.join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let server = Server::start(None, |_| Ok(()));
    let none = "names a file that holds no certificate in PEM";
    let broken = "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n";
    let other = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let cases = [
        (file("no-roots", "nothing\n"), none),
        (file("broken-roots", broken), none),
        (file("other-roots", other), "names a file with a certificate that cannot be a root"),
    ];
    for (path, said) in cases {
        for command in ["token", "doctor"] {
            let arguments: &[&str] =
                if command == "token" { &[command, "--liveness-id", "x"] } else { &[command] };
            let flag = ask(&server, "https", &[arguments, &["--ca-file", &path]].concat());
            assert_eq!(flag.status.code(), Some(3), "{path} {command}");
            assert!(
                text(&flag.stderr).contains(&format!("--ca-file {said}")),
                "{command}: {}",
                text(&flag.stderr)
            );
        }
        let url = format!("https://{}", server.address());
        let mut token = faceid(&["token", "--liveness-id", "x", "--base-url", &url, "--api-key", "fake-key"]);
        let token = token.env("FACEID_API_SECRET", SECRET).env("FACEID_CA_FILE", &path).output().unwrap();
        assert!(text(&token.stderr).contains(&format!("FACEID_CA_FILE {said}")), "{}", text(&token.stderr));
    }
}

/// Not in the log, not in an error, whatever a server sends back.
#[test]
fn nothing_secret_is_shown() {
    let server = Server::start(None, |peer| {
        let request = peer.request()?;
        let received = peer.received(request);
        let sign = received.field("sign").unwrap_or_default();
        let uuid = received.field("uuid").unwrap_or_default();
        let body = format!(r#"{{"error":"BAD_ARGUMENTS: {sign} {uuid}","request_id":"{sign}"}}"#);
        peer.answer("400 Bad Request", "", body)
    });
    for output in ["text", "json", "env"] {
        let arguments =
            ["token", "--liveness-id", "any-scene", "--uuid", "a-person", "-vv", "--output", output];
        let said = ask(&server, "http", &arguments);
        assert_eq!(said.status.code(), Some(4), "{output}");
        let stderr = text(&said.stderr);
        let sign = server.received().last().unwrap().field("sign").unwrap();
        for secret in [SECRET, "a-person", &sign] {
            assert!(!stderr.contains(secret), "{output}: {stderr}");
        }
    }
    let shown = ask(&server, "http", &["config", "show", "--origin"]);
    assert!(text(&shown.stdout).contains("api_secret = (set)"));
    for arguments in
        [&["--help"][..], &["token", "--help"], &["sign", "-h"], &["config", "show", "--output", "json"]]
    {
        let help = faceid(arguments).env("FACEID_API_SECRET", SECRET).output().unwrap();
        assert!(!text(&help.stdout).contains(SECRET), "{arguments:?}");
    }
    let given = faceid(&["token", &format!("--api-secret={SECRET}")]).output().unwrap();
    assert_eq!(given.status.code(), Some(2));
    assert!(!text(&given.stderr).contains(SECRET), "{}", text(&given.stderr));
}
