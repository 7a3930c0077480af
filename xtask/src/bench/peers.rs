//! What users of other languages would write: `crates/faceid-bench/peers`.

use std::{fs, path::PathBuf};

use xshell::Cmd;

use super::Bench;
use crate::{Result, tools::Tools};

const FOLDER: &str = "crates/faceid-bench/peers";

/// A way to run such a program, or why there is none.
pub(super) type Peer<'a> = std::result::Result<Box<dyn Fn() -> Cmd<'a> + 'a>, String>;

/// A sign in each language: the point's name, the language with its version, and the program.
pub(super) fn signs<'a>(bench: &'a Bench<'a>) -> [(&'static str, String, Peer<'a>); 4] {
    let tools = bench.tools;
    let script = |program: &'static str, file: &str| -> Peer<'a> {
        let file = tools.path(FOLDER).join(file);
        Ok(Box::new(move || tools.command(program).arg(&file)))
    };
    let [python, node, php, go] = [
        ("Python", "python3 --version"),
        ("Node", "node --version"),
        ("PHP", "php --version"),
        ("Go", "go version"),
    ]
    .map(|(name, version)| (name, language(tools, name, version)));
    let label = |(name, version): &(&str, std::result::Result<String, String>)| {
        version.clone().unwrap_or((*name).to_owned())
    };
    [
        ("python", label(&python), python.1.and_then(|_| script("python3", "sign.py"))),
        ("node", label(&node), node.1.and_then(|_| script("node", "sign.mjs"))),
        ("php", label(&php), php.1.and_then(|_| script("php", "sign.php"))),
        ("go", label(&go), go.1.and_then(|_| go_program(bench, &["sign".to_owned()]))),
    ]
}

/// Calls with Go's net/http.
pub(super) fn go_calls<'a>(bench: &'a Bench<'a>, arguments: &[String]) -> (String, Peer<'a>) {
    match language(bench.tools, "Go", "go version") {
        Ok(label) => {
            let arguments = [&["calls".to_owned()], arguments].concat();
            (format!("{label} net/http"), go_program(bench, &arguments))
        }
        Err(reason) => ("Go net/http".to_owned(), Err(reason)),
    }
}

/// Calls with Python's requests, from an environment of its own.
pub(super) fn python_calls<'a>(bench: &'a Bench<'a>, arguments: &[String]) -> (String, Peer<'a>) {
    let label = "Python requests".to_owned();
    let installed = language(bench.tools, "Python", "python3 --version")
        .and_then(|_| environment(bench).map_err(|error| format!("requests cannot be installed: {error}")));
    let program = installed.map(|python| {
        let script = bench.tools.path(FOLDER).join("calls.py");
        let arguments = arguments.to_vec();
        // `env`, as a program's own path may not hold blanks here.
        let command = move || {
            bench.tools.command("env PYTHONDONTWRITEBYTECODE=1").arg(&python).arg(&script).args(&arguments)
        };
        Box::new(command) as Box<dyn Fn() -> Cmd<'a> + 'a>
    });
    (label, program)
}

fn environment(bench: &Bench<'_>) -> Result<PathBuf> {
    let folder = bench.folder.join("venv");
    let python = folder.join("bin/python");
    let requirements = format!("{FOLDER}/requirements.txt");
    // That it was made of these very requirements, to the end.
    let made_of = folder.join("made-of");
    let wanted = fs::read_to_string(bench.tools.path(&requirements))?;
    if fs::read_to_string(&made_of).is_ok_and(|made_of| made_of == wanted) {
        return Ok(python);
    }
    bench.tools.command("python3 -m venv").arg(&folder).quiet().run()?;
    let online = Tools::new()?.online();
    let install = online.command("env").arg(&python).args("-m pip install --quiet --requirement".split(' '));
    install.arg(requirements).quiet().run()?;
    fs::write(made_of, wanted)?;
    Ok(python)
}

fn go_program<'a>(bench: &'a Bench<'a>, arguments: &[String]) -> Peer<'a> {
    let program = bench.folder.join("peer");
    let build = bench.tools.command("go build -o").arg(&program).arg(format!("{FOLDER}/peer.go")).quiet();
    build.run().map_err(|error| format!("Go builds nothing: {error}"))?;
    let arguments = arguments.to_vec();
    Ok(Box::new(move || bench.tools.command("env").arg(&program).args(&arguments)))
}

/// With its version, or that it is missing.
fn language(tools: &Tools, name: &str, version: &str) -> std::result::Result<String, String> {
    let said = tools.command(version).quiet().ignore_stderr().read();
    let said = said.map_err(|_| format!("{name} is not installed"))?;
    Ok(format!("{name} {}", version_in(&said)))
}

/// The first word that is one.
fn version_in(said: &str) -> &str {
    let words = said.split_whitespace().map(|word| word.trim_start_matches(char::is_alphabetic));
    words.into_iter().find(|word| word.contains('.')).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::version_in;

    #[test]
    fn versions() {
        let cases = [
            ("Python 3.11.7", "3.11.7"),
            ("v20.20.2", "20.20.2"),
            ("PHP 8.2.36 (cli) (built: Nov 18 2026)", "8.2.36"),
            ("go version go1.19.8 linux/amd64", "1.19.8"),
            ("", ""),
        ];
        for (said, version) in cases {
            assert_eq!(version_in(said), version, "{said}");
        }
    }
}
