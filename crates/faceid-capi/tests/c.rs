//! The library as C and C++ programs use it: built with the system's compilers, run by themselves, under
//! `AddressSanitizer` and under valgrind.
//!
//! What a missing tool is needed for is left out; that is a failure of `cargo xtask ci` where CI=true. The programs are in
//! `tests/c`.

#![cfg(unix)]

use std::ffi::OsStr;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};
use std::{env, fs};

use faceid_sign::{Credentials, Nonce, Stamp, Validity};
use serde_json::Value;

const VECTORS: &str = "../faceid-sign/tests/vectors.json";
const VENDORS_SIGN: &str = "SPzLRbDBgTGC2A8YdDaa7Jrny+5hPUlDVnZDX3hVczYxNzdXRXR5VU53SUg4SjZOZkd1NTB0JmI9MTUzMDc2MjIxOCZjPTE1MzA3NjIxMTgmZD0wNzk5Njg3MDY2\n";

#[derive(Debug, Clone, Copy)]
enum Language {
    C99,
    Cpp17,
}
use Language::{C99, Cpp17};

#[derive(Debug, Clone, Copy)]
enum Linkage {
    Shared,
    Static,
}
use Linkage::{Shared, Static};

/// With gcc's and clang's checks of memory and of undefined behaviour in the program; the library's memory comes from the
/// same, checked allocator.
const SANITIZED: &[&str] = &["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

/// What a leak or any other finding is to valgrind: a failure.
const VALGRIND: &str =
    "valgrind --quiet --error-exitcode=9 --leak-check=full --show-leak-kinds=definite,possible";

#[test]
fn header_in_each_standard() {
    let cases = [
        ("cc", "c", "c99"),
        ("cc", "c", "c11"),
        ("cc", "c", "c17"),
        ("cc", "c", "c2x"),
        ("c++", "c++", "c++11"),
        ("c++", "c++", "c++17"),
        ("c++", "c++", "c++20"),
    ];
    for (compiler, language, standard) in cases {
        if has(compiler) {
            let mut command = Command::new(compiler);
            command.args(["-x", language, "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]);
            output(command.arg(format!("-std={standard}")).arg(inside("include/faceid.h")));
        }
    }
}

#[test]
fn vectors() {
    let expected = counted(&fs::read_to_string(inside(VECTORS)).unwrap());
    let cases = [
        ("vectors.c", C99, Shared),
        ("vectors.c", C99, Static),
        ("vectors.cpp", Cpp17, Shared),
        ("vectors.cpp", Cpp17, Static),
    ];
    for (source, language, linkage) in cases {
        if let Some(program) = build("vectors", &inside("tests/c").join(source), language, linkage, &[]) {
            assert_eq!(output(Command::new(program).arg(inside(VECTORS))), expected, "{source} {linkage:?}");
        }
    }
}

/// For Rust and for C; the tests of the Python and of the Node binding ask oracles of their own.
#[test]
fn random_vectors_of_an_oracle_that_is_not_ours() {
    const COUNT: &str = "10000";
    if !has("python3") {
        return;
    }
    // A vector has the seed in its name, so that what fails can be computed again.
    let seed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().to_string();
    let mut oracle = Command::new("python3");
    let written = output(oracle.arg(inside("tests/c/oracle.py")).args([COUNT, &seed]));

    let vectors: Value = serde_json::from_str(&written).unwrap();
    let vectors = vectors["sign"].as_array().unwrap();
    assert_eq!(vectors.len().to_string(), COUNT);
    for vector in vectors {
        assert_eq!(signed_by_rust(vector), vector["sign"], "{}", vector["name"]);
    }

    let file = folder("oracle-vectors").join("vectors.json");
    fs::write(&file, written).unwrap();
    if let Some(program) = build("oracle", &inside("tests/c/vectors.c"), C99, Shared, &["-O1"]) {
        let said = output(Command::new(program).arg(file));
        assert_eq!(said, format!("{COUNT} signs, 0 refused\n"), "seed {seed}");
    }
}

fn signed_by_rust(vector: &Value) -> String {
    let text = |field: &str| vector[field].as_str().unwrap();
    let secret = match vector["api_secret_hex"].as_str() {
        Some(digits) => {
            let pairs = (0..digits.len()).step_by(2);
            pairs.map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
        }
        None => text("api_secret").as_bytes().to_vec(),
    };
    let credentials = Credentials::new(text("api_key"), secret).unwrap();
    let stamp = Stamp::new(text("issued_at").parse().unwrap(), Nonce::new(text("nonce")).unwrap());
    let validity = Validity::seconds(text("validity").parse().unwrap()).unwrap_or(Validity::Once);
    credentials.sign(&stamp, validity).unwrap().expose().to_owned()
}

#[test]
fn abuse() {
    let cases = [("plain", Shared, &[][..]), ("asan", Shared, SANITIZED), ("asan", Static, SANITIZED)];
    for (name, linkage, options) in cases {
        if let Some(program) =
            build(&format!("abuse-{name}"), &inside("tests/c/abuse.c"), C99, linkage, options)
        {
            passed(&output(&mut Command::new(program)));
        }
    }
}

#[test]
fn vectors_under_address_sanitizer() {
    let expected = counted(&fs::read_to_string(inside(VECTORS)).unwrap());
    for linkage in [Shared, Static] {
        if let Some(program) = build("vectors-asan", &inside("tests/c/vectors.c"), C99, linkage, SANITIZED) {
            assert_eq!(output(Command::new(program).arg(inside(VECTORS))), expected, "{linkage:?}");
        }
    }
}

#[test]
fn abuse_under_valgrind() {
    let Some(program) = build("abuse-valgrind", &inside("tests/c/abuse.c"), C99, Shared, &["-g"]) else {
        return;
    };
    if has("valgrind") {
        passed(&output(words(VALGRIND).arg(program)));
    }
}

#[test]
fn vectors_under_valgrind() {
    let expected = counted(&fs::read_to_string(inside(VECTORS)).unwrap());
    let Some(program) = build("vectors-valgrind", &inside("tests/c/vectors.c"), C99, Shared, &["-g"]) else {
        return;
    };
    if has("valgrind") {
        assert_eq!(output(words(VALGRIND).arg(program).arg(inside(VECTORS))), expected);
    }
}

/// Reads its own memory, which Linux shows in a file.
#[cfg(target_os = "linux")]
#[test]
fn secrets_are_wiped() {
    for linkage in [Shared, Static] {
        if let Some(program) = build("wiped", &inside("tests/c/wiped.c"), C99, linkage, &[]) {
            passed(&output(&mut Command::new(program)));
        }
    }
}

#[test]
fn examples_sign_the_vendors_vector() {
    let cases = [("c/sign.c", C99), ("cpp/sign.cpp", Cpp17)];
    for (example, language) in cases {
        let source = inside("../../examples/embed").join(example);
        for linkage in [Shared, Static] {
            if let Some(program) = build("example", &source, language, linkage, &[]) {
                assert_eq!(output(&mut Command::new(program)), VENDORS_SIGN, "{example} {linkage:?}");
            }
        }
    }
}

/// The functions of the header, and nothing of Rust's own.
#[cfg(target_os = "linux")]
#[test]
fn shared_library_exports_the_header() {
    if !has("nm") {
        return;
    }
    let header = fs::read_to_string(inside("include/faceid.h")).unwrap();
    let declared = header.lines().filter_map(|line| {
        let (before, _) = line.split_once('(').filter(|_| !line.starts_with([' ', '#']))?;
        before.rsplit([' ', '*']).next().filter(|name| name.starts_with("faceid_"))
    });
    let mut declared: Vec<&str> = declared.collect();
    declared.sort_unstable();
    assert!(declared.len() > 10, "{declared:?}");

    let listed = output(words("nm --dynamic --defined-only --format=posix").arg(library("libfaceid.so")));
    let mut exported: Vec<&str> = listed.lines().filter_map(|line| line.split(' ').next()).collect();
    exported.sort_unstable();
    assert_eq!(exported, declared);
}

/// Builds a program against the header and the library as a stranger would, with every warning an error. `None` if there is
/// no compiler.
fn build(
    name: &str,
    source: &Path,
    language: Language,
    linkage: Linkage,
    options: &[&str],
) -> Option<PathBuf> {
    let (compiler, standard) = match language {
        C99 => ("cc", "-std=c99"),
        Cpp17 => ("c++", "-std=c++17"),
    };
    if !has(compiler) {
        return None;
    }
    let folder = folder(&format!("{name}-{language:?}-{linkage:?}"));
    let program = folder.join(name);
    let mut command = Command::new(compiler);
    command.args([standard, "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-pthread"]).args(options);
    command.arg("-I").arg(inside("include")).arg(source).arg("-o").arg(&program);
    match linkage {
        Shared => {
            // The linker finds one name, the program when it starts the other: the one with the ABI's number.
            let (link, run) = (folder.join("link"), folder.join("run"));
            let (file, found) = match env::consts::OS {
                "macos" => ("libfaceid.dylib", "libfaceid.0.dylib"),
                _ => ("libfaceid.so", "libfaceid.so.0"),
            };
            for (folder, name) in [(&link, file), (&run, found)] {
                fs::create_dir_all(folder).unwrap();
                symlink(library(file), folder.join(name)).unwrap();
            }
            command.arg("-L").arg(link).arg("-lfaceid");
            command.arg(format!("-Wl,-rpath,{}", run.display()));
        }
        // In the order of the .pc file.
        Static => {
            command.arg(library("libfaceid.a")).args(["-lpthread", "-ldl", "-lm"]);
        }
    }
    output(&mut command);
    Some(program)
}

/// A file that cargo built before this test, which stands beside it.
fn library(file: &str) -> PathBuf {
    let path = env::current_exe().unwrap().with_file_name(file);
    assert!(path.is_file(), "{} is missing", path.display());
    path
}

fn inside(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// An empty folder of this test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("c").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn has(program: &str) -> bool {
    let version = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let found = version.is_ok_and(|status| status.success());
    if !found {
        eprintln!("left out: {program} is missing");
    }
    found
}

fn words(line: &str) -> Command {
    let mut words = line.split(' ').map(OsStr::new);
    let mut command = Command::new(words.next().unwrap());
    command.args(words);
    command
}

/// What a command prints. That it fails, or has anything to complain of, is a failure.
fn output(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}\n{complaints}", output.status);
    assert_eq!(complaints, "", "{command:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// What the programs say that run a file of vectors.
fn counted(vectors: &str) -> String {
    let vectors = vectors.lines().filter(|line| line.starts_with("{\"name\":"));
    let (refused, signs): (Vec<&str>, Vec<&str>) = vectors.partition(|line| line.contains("\"slip\":"));
    assert!(signs.len() > 300 && refused.len() > 60);
    format!("{} signs, {} refused\n", signs.len(), refused.len())
}

fn passed(said: &str) {
    let count = said.strip_suffix(" checks\n").and_then(|count| count.parse::<u32>().ok());
    assert!(count.is_some_and(|count| count > 0), "{said}");
}
