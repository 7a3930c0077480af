//! Runs the documents in `documents/`: each says what the program is given, and what it then says.
//!
//! Two sandboxes listen while they run, one as it comes, one whose clock is an hour ahead; a profile names each.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use faceid_sandbox::Sandbox;
use trycmd::TestCases;

/// Set where this program runs itself, in an environment that this machine's own settings do not reach.
const INSIDE: &str = "DOCUMENTS_RUN_INSIDE";

/// Variables that decide what the program does.
fn decides(variable: &str) -> bool {
    let variable = variable.to_ascii_uppercase();
    variable.starts_with("FACEID_")
        || variable.starts_with("LC_")
        || variable.ends_with("_PROXY")
        || ["LANG", "NO_COLOR", "XDG_CONFIG_HOME"].contains(&variable.as_str())
}

#[test]
fn documents() {
    if env::var_os(INSIDE).is_some() {
        return inside();
    }
    let mut program = Command::new(env::current_exe().unwrap());
    program.args(["--exact", "documents", "--nocapture"]).env(INSIDE, "1");
    for (variable, _) in env::vars_os().filter(|(name, _)| name.to_str().is_some_and(decides)) {
        program.env_remove(variable);
    }
    let profiles = Path::new(env!("CARGO_TARGET_TMPDIR")).join("profiles");
    let status = program.env("XDG_CONFIG_HOME", profiles).status().unwrap();
    assert!(status.success(), "a document is not as the program is; see above");
}

fn inside() {
    let plain = Sandbox::builder().start().unwrap();
    let ahead = Sandbox::builder().start().unwrap();
    ahead.sandbox().set_clock_offset(3600);
    let profiles = PathBuf::from(env::var_os("XDG_CONFIG_HOME").unwrap());
    write_profiles(&profiles, &[("sandbox", plain.url()), ("ahead", ahead.url())]);

    let cases = TestCases::new();
    cases.insert_var("[PROFILES]", profiles.display().to_string()).unwrap();
    cases.insert_var("[SANDBOX]", plain.url().to_owned()).unwrap();
    cases.insert_var("[AHEAD]", ahead.url().to_owned()).unwrap();
    cases.case("tests/documents/*.md").case("tests/documents/*.toml").case("README.md");
    cases.run();
}

/// A folder with a profile file that others cannot read.
fn write_profiles(folder: &Path, places: &[(&str, &str)]) {
    let below = folder.join("faceid");
    fs::create_dir_all(&below).unwrap();
    let pair = "api_key = \"sandbox-demo-key\"\napi_secret = \"sandbox-demo-secret\"";
    let tables = places.iter().map(|(name, url)| format!("[{name}]\nbase_url = \"{url}\"\n{pair}\n"));
    let mut text: String = tables.collect();
    text += "[files]\nregion = \"singapore\"\napi_key_file = \"key\"\napi_secret_file = \"secret\"\n";
    text += "max_attempts = 2\nallow_http = true\n";
    text += "[nonsense]\nregoin = \"china\"\n[wrong-type]\ntimeout = 30\n";
    fs::write(below.join("key"), "sandbox-demo-key\n").unwrap();
    fs::write(below.join("secret"), "sandbox-demo-secret\n").unwrap();
    fs::write(below.join("config.toml"), text).unwrap();
    #[cfg(unix)]
    for name in ["config.toml", "secret"] {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(below.join(name), fs::Permissions::from_mode(0o600)).unwrap();
    }
}
