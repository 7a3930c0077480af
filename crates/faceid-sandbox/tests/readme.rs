//! The commands in the README, as they stand there.

use std::process::Command;

use faceid_sandbox::Sandbox;

#[test]
fn the_commands_of_the_readme_get_a_token() {
    let (_, rest) = include_str!("../README.md").split_once("```sh\n").unwrap();
    let (commands, _) = rest.split_once("```").unwrap();
    let tools = "for tool in curl openssl od date; do command -v $tool || exit 1; done";
    let found = Command::new("sh").args(["-c", tools]).output();
    if !found.is_ok_and(|found| found.status.success()) {
        eprintln!("left out: it needs sh, curl, openssl, od and date");
        return;
    }

    let server = Sandbox::builder().start().unwrap();
    let output = Command::new("sh")
        .args(["-c", commands])
        .env("FACEID_BASE_URL", server.url())
        .env("NO_PROXY", "127.0.0.1")
        .output()
        .unwrap();
    let answer = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && answer.contains("\"biz_token\":\""), "{output:?}");
    assert_eq!(server.sandbox().journal()[0].uuid_len, Some("user-1".len()));
}
