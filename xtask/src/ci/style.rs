//! The rules on files that no other tool checks.

use std::{fs, path::Path};

use super::{Outcome, passed_unless};
use crate::{Result, tools::Tools};

/// The tests that make each public type of their crate with marked secrets, and how many types there are at least.
const SECRETS: [(&str, &str, usize); 4] = [
    ("faceid-net", "tests/secrets.rs", 4),
    ("faceid-sign", "tests/secrets.rs", 12),
    ("faceid-sandbox", "tests/secrets.rs", 20),
    ("faceid-types", "tests/it/secrets.rs", 20),
];

/// What may not go without `unsafe`: the bindings call into C, Python or Node, and a program without std brings its own
/// memory.
const UNSAFE: [&str; 4] =
    ["crates/faceid-capi", "crates/faceid-python", "crates/faceid-node", "crates/faceid-sign/tests/no-std"];

/// First folders of paths that exist on one person's machine only.
const PERSONAL: [&str; 4] = ["home", "root", "Users", "work"];

pub(super) fn run(tools: &Tools) -> Result<Outcome> {
    let git = tools.command("git ls-files --cached --others --exclude-standard -z");
    let listed = git.quiet().read()?;
    // A file that was removed but not yet from the index is listed too.
    let files = listed.split('\0').filter(|file| tools.path(file).is_file());
    let mut problems = Vec::new();
    let mut roots = 0;
    for file in files {
        if Path::new(file).file_name().is_some_and(|name| name == "mod.rs") {
            problems.push(format!("{file}: a module's file has the module's name"));
        }
        // What is no UTF-8 is no text.
        let Ok(text) = String::from_utf8(fs::read(tools.path(file))?) else {
            continue;
        };
        if let Some(package) = package_of_root(file) {
            roots += 1;
            if !UNSAFE.contains(&package) && !text.lines().any(|line| line == "#![forbid(unsafe_code)]") {
                problems.push(format!("{file}: lacks #![forbid(unsafe_code)]"));
            }
        }
        problems.extend(personal_paths(&text).map(|line| format!("{file}:{line}: a path of one machine")));
    }
    problems.extend(sends_differ(tools)?);
    for (krate, file, least) in SECRETS {
        let read = |file: &str| fs::read_to_string(tools.path(format!("crates/{krate}/{file}")));
        let unmade = unmade(&read("src/lib.rs")?, &read(file)?, least);
        problems.extend(unmade.into_iter().map(|problem| format!("crates/{krate}/{file}: {problem}")));
    }
    if roots == 0 {
        problems.push("no library and no program found".to_owned());
    }
    passed_unless(&problems)
}

/// Everything that decides is shared: the two clients' `send` differ by `await` alone.
fn sends_differ(tools: &Tools) -> Result<Option<String>> {
    let [waiting, blocking] = ["crates/faceid-async/src/client.rs", "crates/faceid-blocking/src/client.rs"]
        .map(|file| fs::read_to_string(tools.path(file)).map(|text| send_of(&text)));
    let (waiting, blocking) = (waiting?, blocking?);
    let same = blocking.is_some() && waiting == blocking;
    Ok((!same).then(|| format!("the clients' send differ:\n{waiting:?}\n{blocking:?}")))
}

/// The method `send` without what makes it async.
fn send_of(client: &str) -> Option<String> {
    let plain = client.replace("async ", "").replace(".await", "");
    let (_, from) = plain.split_once("pub fn send<")?;
    let (send, _) = from.split_once("\n    }\n")?;
    Some(send.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// What comes to be public comes to be looked at: the types that a library names in `pub use`, and its test does not make.
/// To import one, or to ask where it may go, is not to make it.
fn unmade(library: &str, test: &str, least: usize) -> Vec<String> {
    let lines = library.lines().filter(|line| line.starts_with("pub use"));
    let is_type = |word: &&str| word.starts_with(char::is_uppercase) && word.contains(char::is_lowercase);
    let types: Vec<_> = lines.flat_map(words).filter(is_type).collect();
    let few = (types.len() < least).then(|| format!("{} public types, fewer than {least}", types.len()));
    let names = |statement: &&str| !statement.starts_with("use ") && !statement.starts_with("anywhere::<");
    let made: Vec<_> = test.split(';').map(str::trim).filter(names).flat_map(words).collect();
    let unmade = types.iter().filter(|name| !made.contains(name));
    unmade.map(|name| format!("{name} is not made there")).chain(few).collect()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
}

/// The folder of the package of which this is a library, a program or an example.
fn package_of_root(file: &str) -> Option<&str> {
    let (folder, name) = file.rsplit_once('/')?;
    if folder == "examples" && Path::new(name).extension().is_some_and(|end| end == "rs") {
        return Some(folder);
    }
    let (package, root) = file.split_once("/src/")?;
    let program = root.strip_prefix("bin/");
    let program = program.is_some_and(|program| !program.contains('/') || program.ends_with("/main.rs"));
    (matches!(root, "lib.rs" | "main.rs") || program).then_some(package)
}

/// The numbers of the lines that hold an absolute path into somebody's own folders.
fn personal_paths(text: &str) -> impl Iterator<Item = usize> {
    (1..).zip(text.lines()).filter(|(_, line)| holds_personal_path(line)).map(|(number, _)| number)
}

fn holds_personal_path(line: &str) -> bool {
    PERSONAL.map(|folder| format!("/{folder}/")).iter().any(|start| {
        let mut found = line.match_indices(start);
        found.any(|(at, _)| begins_a_path(&line[..at]))
    })
}

/// Whether a slash after `before` is the root: not the next folder of a longer path, nor a URL's path.
fn begins_a_path(before: &str) -> bool {
    // As in file:///folder.
    before.ends_with("//")
        || !before.ends_with(|last: char| last.is_alphanumeric() || "/.-_~*$})]>%".contains(last))
}

#[cfg(test)]
mod tests {
    use super::{PERSONAL, package_of_root, personal_paths, send_of};

    #[test]
    fn sends() {
        let blocking = "impl C {\n    pub fn send<E>(&self) {\n        x();\n    }\n}";
        let cases = [
            ("impl C {\n    pub async fn send<E>(&self) {\n        x().await;\n    }\n}", true),
            ("impl C {\n    pub async fn send<E>(&self) {\n        y().await;\n    }\n}", false),
            ("impl C {}", false),
        ];
        for (other, same) in cases {
            assert_eq!(send_of(other) == send_of(blocking), same, "{other}");
        }
    }

    #[test]
    fn types_that_no_test_makes() {
        let library = "pub use a::{Key, MAX};\npub use b::Sign;\nuse c::Own;";
        let cases = [
            ("use x::{Key, Sign}; Key; Sign;", 2, 0),
            ("use x::{Key, Sign}; Key;", 2, 1),
            ("use x::{Key, Sign};\n    Key;\n    anywhere::<Sign>();", 2, 1),
            ("", 2, 2),
            ("use x::{Key, Sign}; Key; Sign;", 3, 1),
        ];
        for (test, least, problems) in cases {
            assert_eq!(super::unmade(library, test, least).len(), problems, "{test}");
        }
    }

    #[test]
    fn roots() {
        let cases = [
            ("crates/faceid-sign/src/lib.rs", Some("crates/faceid-sign")),
            ("crates/faceid-sign/tests/no-std/src/main.rs", Some("crates/faceid-sign/tests/no-std")),
            ("crates/faceid-sign/src/mac.rs", None),
            ("crates/faceid-bench/src/bin/sign.rs", Some("crates/faceid-bench")),
            ("crates/faceid-bench/src/bin/sign/main.rs", Some("crates/faceid-bench")),
            ("crates/faceid-bench/src/bin/sign/ring.rs", None),
            ("xtask/src/main.rs", Some("xtask")),
            ("examples/quickstart.rs", Some("examples")),
            ("examples/src/lib.rs", Some("examples")),
            ("examples/tests/core_dump.rs", None),
        ];
        for (file, package) in cases {
            assert_eq!(package_of_root(file), package, "{file}");
        }
    }

    #[test]
    fn paths_of_one_machine() {
        // `@` stands for the folder's name: written out, these lines would break the rule they test.
        let cases = [
            ("/@/project/file", true),
            ("cd /@/project", true),
            ("PATH=/bin:/@/bin", true),
            ("path = \"/@/project\"", true),
            ("file:///@/project", true),
            ("net/@/mod", false),
            ("../@/file", false),
            ("$DIR/@/file", false),
            ("${DIR}/@/file", false),
            ("https://example.com/@/page", false),
            ("https://example.com:8443/@/page", false),
            ("/@ing/file", false),
            ("@/file", false),
        ];
        for (line, found) in cases {
            for folder in PERSONAL {
                let line = line.replace('@', folder);
                assert_eq!(personal_paths(&line).next().is_some(), found, "{line}");
            }
        }
        let text = format!("one\n/{}/two\nthree\n", PERSONAL[0]);
        assert_eq!(personal_paths(&text).collect::<Vec<_>>(), [2]);
    }
}
