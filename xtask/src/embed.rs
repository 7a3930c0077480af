//! `cargo xtask embed`: the C library, installed as a user installs it, in the hands of each language's example.

use std::{fs, path::Path};

use serde_json::Value;
use xshell::Cmd;

use crate::{Result, ci, dist, tools::Tools, workspace::Metadata};

const VECTORS: &str = "crates/faceid-sign/tests/vectors.json";

/// Lines for a shell that knows where the library is installed; `$OUT` is a folder for what is built.
struct Example {
    name: &'static str,
    /// Fails where something is missing.
    probe: &'static str,
    /// What brings it on Debian.
    packages: &'static str,
    /// Prints the sign.
    run: &'static str,
    /// What must not be signed, and what the error of each holds. Nothing where the types rule it out.
    refused: &'static [(&'static str, &'static str)],
}

/// Of 4294967296, which C would take for a single use, and of -1, for it 4294967295 seconds.
const VALIDITY: &str = "validity: not 0 (single use) to";

const EXAMPLES: [Example; 8] = [
    Example {
        name: "c",
        probe: "cc --version && pkg-config --version",
        packages: "gcc libc6-dev pkg-config",
        run: "cc -Wall -Werror examples/embed/c/sign.c $(pkg-config --cflags --libs faceid) -o \"$OUT/c\"; \"$OUT/c\"",
        refused: &[],
    },
    Example {
        name: "c, static",
        probe: "cc --version && pkg-config --version",
        packages: "gcc libc6-dev pkg-config",
        run: "cc examples/embed/c/sign.c $(pkg-config --cflags faceid) \
              \"$(pkg-config --variable=libdir faceid)/libfaceid.a\" -lpthread -ldl -lm -o \"$OUT/static\"; \
              \"$OUT/static\"",
        refused: &[],
    },
    Example {
        name: "cpp",
        probe: "c++ --version && pkg-config --version",
        packages: "g++ pkg-config",
        run: "c++ -std=c++17 -Wall -Werror examples/embed/cpp/sign.cpp $(pkg-config --cflags --libs faceid) \
              -o \"$OUT/cpp\"; \"$OUT/cpp\"",
        refused: &[],
    },
    Example {
        name: "go",
        probe: "go version && cc --version && pkg-config --version",
        packages: "golang-go gcc libc6-dev pkg-config",
        run: "go build -o \"$OUT/go\" examples/embed/go/sign.go; \"$OUT/go\"",
        refused: &[],
    },
    Example {
        name: "java",
        probe: "javac -version && java -version && test -e /usr/share/java/jna.jar",
        packages: "default-jdk-headless libjna-java",
        run: "javac -Xlint:all -Werror -cp /usr/share/java/jna.jar -d \"$OUT/java\" examples/embed/java/Sign.java; \
              java -cp \"/usr/share/java/jna.jar:$OUT/java\" -Djna.library.path=\"$LD_LIBRARY_PATH\" Sign",
        refused: &[],
    },
    Example {
        name: "php",
        probe: "php -r 'exit((int) !extension_loaded(\"ffi\"));'",
        packages: "php-cli",
        run: "php -d ffi.enable=1 examples/embed/php/sign.php",
        refused: &[
            (
                "php -d ffi.enable=1 -r \"require 'examples/embed/php/sign.php'; sign('k', 's', 1, '1', 4294967296);\"",
                VALIDITY,
            ),
            (
                "php -d ffi.enable=1 -r \"require 'examples/embed/php/sign.php'; sign('k', 's', 1, '1', -1);\"",
                VALIDITY,
            ),
        ],
    },
    Example {
        name: "ruby",
        probe: "ruby -e 'require \"fiddle\"'",
        packages: "ruby",
        run: "ruby -w examples/embed/ruby/sign.rb",
        refused: &[
            ("ruby -r ./examples/embed/ruby/sign -e \"FaceId.sign('k', 's', 1, '1', 4294967296)\"", VALIDITY),
            ("ruby -r ./examples/embed/ruby/sign -e \"FaceId.sign('k', 's', 1, '1', -1)\"", VALIDITY),
        ],
    },
    Example {
        name: "python-ctypes",
        probe: "python3 -c 'import ctypes'",
        packages: "python3",
        run: "python3 -W error examples/embed/python-ctypes/sign.py",
        refused: &[
            (
                "cd examples/embed/python-ctypes; python3 -B -c \"import sign; print(sign.sign(b'k', b's', 1, b'1', 4294967296))\"",
                VALIDITY,
            ),
            (
                "cd examples/embed/python-ctypes; python3 -B -c \"import sign; print(sign.sign(b'k', b's', 1, b'1', -1))\"",
                VALIDITY,
            ),
            // Of a text C would read the first byte of each character and the zeros after it.
            (
                "cd examples/embed/python-ctypes; python3 -B -c \"import sign; print(sign.sign(b'k', 'secret', 1, b'1', 1))\"",
                "TypeError",
            ),
        ],
    },
];

/// The command by itself: what is missing is a failure where CI=true, as it is in `cargo xtask ci embed`.
pub(crate) fn alone(tools: &Tools) -> Result {
    let missing = run(tools)?;
    if !missing.is_empty() {
        let reason = format!("not installed: {}", missing.join(", "));
        println!("{}", ci::leave_out(ci::is_strict(), "embed", &reason)?);
    }
    Ok(())
}

/// Runs each example whose language is there, and says which are not, with the Debian packages that bring them.
///
/// # Errors
///
/// If one does not build, does not run, or prints another sign than the vendor's.
pub(crate) fn run(tools: &Tools) -> Result<Vec<String>> {
    let expected = expected_sign(tools)?;
    let out = Metadata::of_members(tools)?.target_directory.join("embed");
    let prefix = out.join("prefix");
    dist::run(&prefix)?;

    let mut missing = Vec::new();
    let mut problems = Vec::new();
    for &Example { name, probe, packages, run, refused } in &EXAMPLES {
        if shell(tools, probe, &prefix, &out).ignore_stdout().ignore_stderr().run().is_err() {
            println!("   {name}: left out, not installed (Debian: {packages})");
            missing.push(format!("{name} (Debian: {packages})"));
            continue;
        }
        let output = shell(tools, run, &prefix, &out).ignore_status().output()?;
        if output.status.success() && output.stdout.trim_ascii_end() == expected.as_bytes() {
            println!("   {name}: the vendor's sign");
        } else {
            let said = [output.stdout, output.stderr].concat();
            problems.push(format!("{name}: {}", String::from_utf8_lossy(&said)));
        }
        for (line, error) in refused {
            let output = shell(tools, line, &prefix, &out).ignore_status().output()?;
            let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
            if output.status.success() || !said.contains(error) {
                problems.push(format!("{name}, not refused with {error:?}: {line}: {said}"));
            }
        }
    }
    if problems.is_empty() { Ok(missing) } else { Err(problems.join("\n  ").into()) }
}

fn shell<'a>(tools: &'a Tools, line: &str, prefix: &Path, out: &Path) -> Cmd<'a> {
    let lib = prefix.join("lib");
    let command = tools.command("sh -eu -c").arg(line).quiet();
    command.env("OUT", out).env("LD_LIBRARY_PATH", &lib).env("PKG_CONFIG_PATH", lib.join("pkgconfig"))
}

/// The sign that the vendor publishes.
pub(crate) fn expected_sign(tools: &Tools) -> Result<String> {
    vendors_sign(&fs::read_to_string(tools.path(VECTORS))?)
}

fn vendors_sign(vectors: &str) -> Result<String> {
    let vectors: Value = serde_json::from_str(vectors)?;
    let signs = vectors["sign"].as_array().ok_or("the vectors hold no signs")?;
    let vendors = signs.iter().find(|sign| sign["name"] == "vendor");
    let sign = vendors.and_then(|sign| sign["sign"].as_str());
    Ok(sign.ok_or("the vectors do not hold the vendor's")?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{EXAMPLES, vendors_sign};

    #[test]
    fn every_folder_is_run() {
        let folders = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/embed")).unwrap();
        for folder in folders {
            let folder = folder.unwrap().file_name().into_string().unwrap();
            assert!(EXAMPLES.iter().any(|example| example.name == folder), "{folder}");
        }
    }

    #[test]
    fn the_sign_to_expect() {
        let cases = [
            (r#"{"sign": [{"name": "other", "sign": "x"}, {"name": "vendor", "sign": "y"}]}"#, Some("y")),
            (r#"{"sign": [{"name": "other", "sign": "x"}]}"#, None),
            ("{}", None),
        ];
        for (vectors, sign) in cases {
            assert_eq!(vendors_sign(vectors).ok().as_deref(), sign, "{vectors}");
        }
    }
}
