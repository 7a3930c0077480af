//! Clients that are not ours: Python's standard library, and the curl and openssl of the README.

use std::env;
use std::process::Command;

use faceid_sandbox::Sandbox;

/// Whether these programs are there. Where all that can be installed has been, a missing one is a failure.
fn installed(programs: &[&str]) -> bool {
    let there = |program: &&&str| {
        Command::new("sh")
            .args(["-c", "command -v \"$0\"", program])
            .output()
            .is_ok_and(|found| found.status.success())
    };
    let missing: Vec<_> = programs.iter().filter(|program| !there(program)).collect();
    if missing.is_empty() {
        return true;
    }
    assert!(env::var("CI").as_deref() != Ok("true"), "not installed: {missing:?}");
    eprintln!("left out: it needs {missing:?}");
    false
}

#[test]
fn each_fault_as_python_sees_it() {
    if !installed(&["python3"]) {
        return;
    }
    let server = Sandbox::builder().start().unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/foreign.py");
    let output = Command::new("python3").args(["-B", script, server.url()]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_commands_of_the_readme_get_a_token() {
    let (_, rest) = include_str!("../README.md").split_once("```sh\nkey=").unwrap();
    let (commands, _) = rest.split_once("```").unwrap();
    if !installed(&["curl", "openssl", "od", "date"]) {
        return;
    }
    let server = Sandbox::builder().start().unwrap();
    let output = Command::new("sh")
        .args(["-c", &format!("key={commands}")])
        .env("FACEID_BASE_URL", server.url())
        .env("NO_PROXY", "127.0.0.1")
        .output()
        .unwrap();
    let answer = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && answer.contains("\"biz_token\":\""), "{output:?}");
    let [entry] = &server.sandbox().journal()[..] else {
        panic!("one request");
    };
    assert_eq!((entry.outcome(), entry.uuid_len), ("token", Some("user-1".len())));
}

/// Over TLS, by the authority that the sandbox made.
#[cfg(feature = "tls")]
#[test]
fn curl_trusts_the_authority_of_the_sandbox() {
    if !installed(&["curl"]) {
        return;
    }
    let server = Sandbox::builder().tls().allow_host("faceid.test").start().unwrap();
    let ca = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("sandbox-ca.pem");
    std::fs::write(&ca, server.ca_pem().unwrap()).unwrap();
    let ca = ca.to_str().unwrap();
    let port = server.address().port();
    let (host, elsewhere) = (format!("https://localhost:{port}"), format!("https://faceid.test:{port}"));
    let resolve = format!("faceid.test:{port}:127.0.0.1");
    // further arguments, the URL, whether it is trusted
    let cases: &[(&[&str], &str, bool)] = &[
        (&["--cacert", ca], server.url(), true),
        (&["--cacert", ca], &host, true),
        (&["--cacert", ca, "--resolve", &resolve], &elsewhere, true),
        (&[], server.url(), false),
    ];
    for (arguments, url, trusted) in cases {
        let output = Command::new("curl")
            .args(["--silent", "--noproxy", "*"])
            .args(*arguments)
            .arg(format!("{url}/__sandbox/health"))
            .output()
            .unwrap();
        assert_eq!(output.stdout == br#"{"status":"ok"}"#, *trusted, "{url}: {output:?}");
        assert_eq!(output.status.success(), *trusted, "{url}: {output:?}");
    }
}

/// As Python does from 3.13 on, and OpenSSL where it is asked to.
#[cfg(feature = "tls")]
#[test]
fn who_is_strict_about_certificates_takes_these() {
    const PYTHON: &str = r#"
import ssl, sys, time, urllib.request
url, ca = sys.argv[1:]
context = ssl.create_default_context(cafile=ca)
context.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
assert opener.open(url + "/__sandbox/health").read() == b'{"status":"ok"}'
authority, = context.get_ca_certs()
with context.wrap_socket(__import__("socket").create_connection(("127.0.0.1", int(url.rsplit(":", 1)[1]))), server_hostname="localhost") as socket:
    for certificate in [authority, socket.getpeercert()]:
        begin, end = (ssl.cert_time_to_seconds(certificate[name]) for name in ["notBefore", "notAfter"])
        assert begin < time.time() - 80000 and time.time() + 365 * 86400 < end < begin + 825 * 86400, certificate
"#;

    if !installed(&["python3", "openssl"]) {
        return;
    }
    let server = Sandbox::builder().tls().start().unwrap();
    let ca = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("strict-ca.pem");
    std::fs::write(&ca, server.ca_pem().unwrap()).unwrap();
    let ca = ca.to_str().unwrap();
    let output = Command::new("python3").args(["-c", PYTHON, server.url(), ca]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let output = Command::new("openssl")
        .args(["s_client", "-connect", &server.address().to_string(), "-CAfile", ca])
        .args(["-x509_strict", "-verify_return_error", "-verify_ip", "127.0.0.1"])
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("Verify return code: 0 (ok)"), "{output:?}");
}
