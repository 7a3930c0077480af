//! What the process's environment does. Each case runs in a process of its own, which has that environment.

use std::process::Command;

use faceid_net::{Network, Proxy, ProxyUrl, Roots};
use faceid_types::{Config, Context, Credentials};

fn context(url: &'static str) -> Context {
    let credentials = Credentials::new("fake-key", "fake-secret").expect("a pair");
    Context::new(Config::at(url, credentials).allow_http(true)).expect("a context")
}

const URLS: [&str; 4] = ["https://api.test", "http://api.test", "https://127.0.0.1:1", "http://localhost:1"];

/// Not a test: what the processes below print.
#[test]
#[ignore = "run by the tests of this file"]
fn report() {
    for url in URLS {
        let network = Network::default();
        let tls = match network.tls_config(&context(url)) {
            Ok(_) => "ok".to_owned(),
            Err(error) => error.setting().to_owned(),
        };
        let proxy = network.proxy_for(&context(url)).expect("a proxy or none");
        println!("report {url} tls={tls} proxy={}", proxy.as_ref().map_or("none", ProxyUrl::expose));
    }
}

fn reported(variables: &[(&str, &str)]) -> Vec<String> {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--ignored", "--exact", "report", "--nocapture"]);
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"] {
        command.env_remove(name);
    }
    let output = command.envs(variables.iter().copied()).output().expect("it runs");
    let text = String::from_utf8(output.stdout).expect("text");
    let lines: Vec<_> =
        text.lines().filter_map(|line| Some(line.split_once("report http")?.1.to_owned())).collect();
    assert_eq!(lines.len(), URLS.len(), "{text}");
    lines
}

#[test]
fn a_proxy_of_the_environment_is_for_https_to_other_machines() {
    let lines = reported(&[("HTTPS_PROXY", "http://proxy.test:3128"), ("HTTP_PROXY", "http://other.test")]);
    assert!(lines[0].ends_with("proxy=http://proxy.test:3128"), "{lines:?}");
    assert!(lines[1..].iter().all(|line| line.ends_with("proxy=none")), "{lines:?}");
}

#[test]
fn a_proxy_that_is_set_is_for_https_to_other_machines_too() {
    let network = Network::default().proxy(Proxy::Url(ProxyUrl::new("proxy.test")));
    for (url, expected) in URLS.into_iter().zip([Some("http://proxy.test"), None, None, None]) {
        let proxy = network.proxy_for(&context(url)).expect("a proxy or none");
        assert_eq!(proxy.as_ref().map(ProxyUrl::expose), expected, "{url}");
    }
}

/// The roots are loaded where they are needed, and only there.
#[test]
#[cfg(all(unix, not(target_vendor = "apple")))]
fn a_machine_without_a_certificate_store_can_still_use_plain_http() {
    let lines = reported(&[("SSL_CERT_FILE", "no-such-file"), ("SSL_CERT_DIR", "no-such-folder")]);
    for (line, expected) in lines.iter().zip(["roots", "ok", "roots", "ok"]) {
        assert!(line.contains(&format!("tls={expected} ")), "{lines:?}");
    }
}

#[test]
#[cfg(feature = "bundled-roots")]
fn bundled_roots_need_no_store() {
    assert!(Network::default().roots(Roots::Bundled).tls_config(&context(URLS[0])).is_ok());
}

#[test]
fn tls_is_1_2_or_later_over_http_1() {
    let pem = Roots::Pem(Vec::new());
    let config =
        Network::default().roots(pem).tls_config(&context(URLS[1])).expect("no roots are read for http");
    assert_eq!(config.alpn_protocols, [b"http/1.1"]);
    assert!(!format!("{:?}", Network::default().client_certificate("qxqx", "qxqx")).contains("qxqx"));
}
