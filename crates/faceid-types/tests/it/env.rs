//! Settings from variables. An error names the variable and never shows its value.

use std::error::Error as _;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use faceid_types::{Call, Config, ConfigError, Context, Credentials, Region};

use crate::script::{Clock, request, text_of};

/// Stands in each value where no error may show it.
const MARK: &str = "qxqx";
const KEY: (&str, &str) = ("FACEID_API_KEY", "qxqx-key");
const SECRET: (&str, &str) = ("FACEID_API_SECRET", "qxqx-secret");
const REGION: (&str, &str) = ("FACEID_REGION", "singapore");

fn config(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::from_vars(|name| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| OsString::from(value))
    })
}

/// Where the first request goes, after a check that this pair signed it.
fn url(config: Config, key: &str, secret: impl AsRef<[u8]>) -> String {
    let context = Context::new(config).unwrap();
    let clock = Clock::new();
    let attempt = Call::new(&context, &request()).next(clock.now()).unwrap();
    let pair = Credentials::new(key, secret).unwrap();
    assert!(pair.verify(&text_of(&attempt.request, "sign"), clock.unix()).is_ok());
    attempt.request.uri().to_string()
}

fn file(name: &str, content: &[u8]) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{name}", std::process::id()));
    std::fs::write(&path, content).unwrap();
    path.into_os_string().into_string().unwrap()
}

fn refused(error: &ConfigError, variables: &[&str]) {
    assert_eq!(error.setting(), variables[0], "{error}");
    let mut shown = vec![format!("{error} {error:?}")];
    let mut source = error.source();
    while let Some(error) = source {
        shown.push(format!("{error} {error:?}"));
        source = error.source();
    }
    let shown = shown.join(" ");
    assert!(variables.iter().all(|variable| shown.contains(variable)), "{shown}");
    assert!(!shown.contains(MARK), "{shown}");
}

#[test]
fn where_the_service_is() {
    let base = |url| ("FACEID_BASE_URL", url);
    let prefix = |prefix| ("FACEID_PATH_PREFIX", prefix);
    let region = |region| ("FACEID_REGION", region);
    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[region("china")], "https://api.megvii.com/faceid"),
        (&[region("singapore")], "https://api-sgp.megvii.com/faceid"),
        (&[region("indonesia")], "https://api-idn.megvii.com/faceid"),
        (&[region("CHINA")], "https://api.megvii.com/faceid"),
        (&[region("Singapore"), base("")], "https://api-sgp.megvii.com/faceid"),
        (&[region("china"), prefix("")], "https://api.megvii.com/faceid"),
        (&[region("china"), prefix("/finauth")], "https://api.megvii.com/finauth"),
        (&[region("china"), prefix("/")], "https://api.megvii.com"),
        (&[base("https://api.yljz.com"), prefix("finauth")], "https://api.yljz.com/finauth"),
        (&[base("https://gw.test:8443/a/"), region("")], "https://gw.test:8443/a/faceid"),
        (&[base("http://127.0.0.1:9")], "http://127.0.0.1:9/faceid"),
        (&[base("http://gw.test"), ("FACEID_ALLOW_HTTP", "1")], "http://gw.test/faceid"),
        (&[region("china"), ("FACEID_ALLOW_HTTP", "0")], "https://api.megvii.com/faceid"),
        (&[region("china"), ("FACEID_ALLOW_HTTP", "")], "https://api.megvii.com/faceid"),
    ];
    for (variables, expected) in cases {
        let config = config(&[&[KEY, SECRET], *variables].concat()).expect(expected);
        let expected = format!("{expected}/v5/sdk/get_biz_token");
        assert_eq!(url(config, KEY.1, SECRET.1), expected, "{variables:?}");
    }
    // That http is allowed can still be said in code.
    let http = config(&[KEY, SECRET, base("http://gw.test/qxqx")]).unwrap();
    refused(&Context::new(http.clone()).unwrap_err(), &["base_url"]);
    assert!(Context::new(http.allow_http(true)).is_ok());
}

#[test]
fn what_is_refused() {
    let key_file = ("FACEID_API_KEY_FILE", "/qxqx/key");
    let secret_file = ("FACEID_API_SECRET_FILE", "/qxqx/secret");
    let base = ("FACEID_BASE_URL", "https://qxqx.test");
    // variables, and those that the error names, the first one as the setting
    let cases: &[(&[(&str, &str)], &[&str])] = &[
        (&[], &["FACEID_API_KEY", "FACEID_API_KEY_FILE"]),
        (&[SECRET, REGION], &["FACEID_API_KEY", "FACEID_API_KEY_FILE"]),
        (&[("FACEID_API_KEY", ""), SECRET, REGION], &["FACEID_API_KEY", "FACEID_API_KEY_FILE"]),
        (
            &[("FACEID_API_KEY", ""), ("FACEID_API_KEY_FILE", ""), SECRET, REGION],
            &["FACEID_API_KEY", "FACEID_API_KEY_FILE"],
        ),
        (&[KEY, REGION], &["FACEID_API_SECRET", "FACEID_API_SECRET_FILE"]),
        (&[KEY, ("FACEID_API_SECRET", ""), REGION], &["FACEID_API_SECRET", "FACEID_API_SECRET_FILE"]),
        (&[KEY, key_file, SECRET, REGION], &["FACEID_API_KEY", "FACEID_API_KEY_FILE"]),
        (&[KEY, SECRET, secret_file, REGION], &["FACEID_API_SECRET", "FACEID_API_SECRET_FILE"]),
        (&[key_file, SECRET, REGION], &["FACEID_API_KEY_FILE"]),
        (&[KEY, secret_file, REGION], &["FACEID_API_SECRET_FILE"]),
        (&[("FACEID_API_KEY", "qxqx\n"), SECRET, REGION], &["FACEID_API_KEY"]),
        (&[("FACEID_API_KEY", "qx=qxqx"), SECRET, REGION], &["FACEID_API_KEY"]),
        (&[("FACEID_API_KEY", "qxqxé"), SECRET, REGION], &["FACEID_API_KEY"]),
        (&[KEY, ("FACEID_API_SECRET", " qxqx"), REGION], &["FACEID_API_SECRET"]),
        (&[KEY, ("FACEID_API_SECRET", "\u{FEFF}qxqx"), REGION], &["FACEID_API_SECRET"]),
        (&[KEY, SECRET], &["FACEID_REGION", "FACEID_BASE_URL"]),
        (&[KEY, SECRET, ("FACEID_REGION", "")], &["FACEID_REGION", "FACEID_BASE_URL"]),
        (&[KEY, SECRET, REGION, base], &["FACEID_REGION", "FACEID_BASE_URL"]),
        (&[KEY, SECRET, ("FACEID_REGION", "qxqx")], &["FACEID_REGION", "china", "singapore", "indonesia"]),
        (&[KEY, SECRET, ("FACEID_REGION", " china")], &["FACEID_REGION"]),
        (&[KEY, SECRET, ("FACEID_REGION", "sgp")], &["FACEID_REGION"]),
        (&[KEY, SECRET, ("FACEID_BASE_URL", "ftp://gw.test/qxqx")], &["FACEID_BASE_URL"]),
        (&[KEY, SECRET, ("FACEID_BASE_URL", "https://qxqx@gw.test")], &["FACEID_BASE_URL"]),
        (&[KEY, SECRET, ("FACEID_BASE_URL", "gw.test")], &["FACEID_BASE_URL"]),
        (&[KEY, SECRET, REGION, ("FACEID_PATH_PREFIX", "/qxqx#x")], &["FACEID_PATH_PREFIX"]),
        (&[KEY, SECRET, REGION, ("FACEID_PATH_PREFIX", "/../qxqx")], &["FACEID_PATH_PREFIX"]),
        (&[KEY, SECRET, REGION, ("FACEID_ALLOW_HTTP", "qxqx")], &["FACEID_ALLOW_HTTP"]),
        (&[KEY, SECRET, REGION, ("FACEID_ALLOW_HTTP", "true")], &["FACEID_ALLOW_HTTP"]),
        (&[KEY, SECRET, REGION, ("FACEID_ALLOW_HTTP", "01")], &["FACEID_ALLOW_HTTP"]),
    ];
    for (variables, named) in cases {
        match config(variables) {
            Err(error) => refused(&error, named),
            Ok(config) => panic!("{variables:?}: {config:?}"),
        }
    }
}

#[test]
fn a_file_holds_the_value_and_one_line_end() {
    // the file, and the value that is read; `None` if it is refused
    let cases: &[(&str, &[u8], Option<&[u8]>)] = &[
        ("bare", b"qxqx", Some(b"qxqx")),
        ("lf", b"qxqx\n", Some(b"qxqx")),
        ("crlf", b"qxqx\r\n", Some(b"qxqx")),
        ("inside", b"qx qx", Some(b"qx qx")),
        ("cr", b"qxqx\r", None),
        ("two-lf", b"qxqx\n\n", None),
        ("two-crlf", b"qxqx\r\n\r\n", None),
        ("cr-crlf", b"qxqx\r\r\n", None),
        ("blank", b"qxqx \n", None),
        ("leading", b"\nqxqx", None),
        ("bom", b"\xEF\xBB\xBFqxqx\n", None),
        ("utf-16", b"\xFF\xFEq\0x\0q\0x\0\n\0", None),
        ("empty", b"", None),
        ("line-end", b"\n", None),
    ];
    for (name, content, expected) in cases {
        let path = file(name, content);
        let both = [
            (&[("FACEID_API_KEY_FILE", path.as_str()), SECRET, REGION], "FACEID_API_KEY_FILE"),
            (&[("FACEID_API_SECRET_FILE", path.as_str()), KEY, REGION], "FACEID_API_SECRET_FILE"),
        ];
        for (variables, named) in both {
            match (config(variables), expected) {
                (Ok(config), Some(value)) => {
                    let value = std::str::from_utf8(value).unwrap();
                    if named == "FACEID_API_KEY_FILE" {
                        url(config, value, SECRET.1);
                    } else {
                        url(config, KEY.1, value);
                    }
                }
                (Err(error), None) => refused(&error, &[named]),
                (other, _) => panic!("{name} {named}: {other:?}"),
            }
        }
        std::fs::remove_file(path).unwrap();
    }

    let path = file("bytes", b"\x80qx\xFF\n");
    let config = config(&[KEY, ("FACEID_API_SECRET_FILE", &path), REGION]).unwrap();
    url(config, KEY.1, b"\x80qx\xFF");
    std::fs::remove_file(path).unwrap();
}

#[test]
fn a_file_that_cannot_be_read_is_named_by_its_variable() {
    let directory = env!("CARGO_TARGET_TMPDIR");
    let long = file("long", &vec![b'x'; 64 * 1024 + 1]);
    for path in [directory, "/qxqx/no/such/file", "\0", &long] {
        let error = config(&[KEY, ("FACEID_API_SECRET_FILE", path), REGION]).unwrap_err();
        refused(&error, &["FACEID_API_SECRET_FILE"]);
        assert!(error.source().is_some_and(<dyn std::error::Error>::is::<std::io::Error>), "and why");
    }
}

#[test]
fn the_longest_file_is_read_whole() {
    let secret = vec![b'x'; 64 * 1024];
    let path = file("longest", &secret);
    url(config(&[KEY, ("FACEID_API_SECRET_FILE", &path), REGION]).unwrap(), "qxqx-key", secret);
}

#[cfg(unix)]
#[test]
fn values_that_are_not_utf_8() {
    use std::os::unix::ffi::OsStringExt as _;

    let all = [KEY.0, SECRET.0, "FACEID_REGION", "FACEID_PATH_PREFIX", "FACEID_ALLOW_HTTP"];
    for broken in all.iter().chain(&["FACEID_BASE_URL", "FACEID_API_KEY_FILE", "FACEID_API_SECRET_FILE"]) {
        let result = Config::from_vars(|name| {
            let known = [KEY, SECRET, REGION].into_iter().find(|(known, _)| *known == name);
            if name == *broken {
                Some(OsString::from_vec(b"qxqx\xFF".to_vec()))
            } else {
                known.map(|(_, value)| value.into())
            }
        });
        match result {
            Err(error) => refused(&error, &[broken]),
            Ok(config) => panic!("{broken}: {config:?}"),
        }
    }
}

#[test]
fn regions_have_names() {
    for (name, region) in
        [("china", Region::China), ("SINGAPORE", Region::Singapore), ("Indonesia", Region::Indonesia)]
    {
        assert_eq!(name.parse::<Region>().unwrap(), region);
    }
    for name in ["", "qxqx", "china ", "cn", "中国"] {
        refused(&name.parse::<Region>().unwrap_err(), &["region", "china"]);
    }
}

/// The environment belongs to the whole process, so another one is asked: the test below.
#[test]
fn from_env_reads_the_environment() {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "env::in_a_process_of_its_own"])
        .envs([KEY, SECRET, ("FACEID_BASE_URL", "https://gw.test"), ("FACEID_REGION", "")])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"));
}

#[test]
#[ignore = "runs in a process that `from_env_reads_the_environment` starts"]
fn in_a_process_of_its_own() {
    let config = Config::from_env().unwrap();
    assert_eq!(url(config, KEY.1, SECRET.1), "https://gw.test/faceid/v5/sdk/get_biz_token");
}
