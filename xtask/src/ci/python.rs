//! The wheel as its users have it: built, installed into a fresh environment, tested there, its README's lines run.

use std::{fs, path::PathBuf};

use xshell::Cmd;

use super::{Outcome, sandbox::Sandbox};
use crate::{
    Result,
    tools::{Tools, pinned},
    workspace::Metadata,
};

const CRATE: &str = "crates/faceid-python";

/// Fails without what builds an environment, too: Debian's own python3 lacks it.
const PROBE: &str = "import ensurepip, sys; sys.exit(sys.version_info < (3, 10))";

pub(super) fn run(tools: &Tools) -> Result<Outcome> {
    let probe = tools.command("python3 -c").arg(PROBE).quiet();
    if probe.ignore_stdout().ignore_stderr().run().is_err() {
        let missing = "not installed: Python 3.10 or later with venv (Debian: python3 python3-venv)";
        return Ok(Outcome::LeftOut(missing.to_owned()));
    }

    let folder = Metadata::of_members(tools)?.target_directory.join("python");
    let _ = fs::remove_dir_all(&folder);
    tools.command("python3 -m venv").arg(folder.join("venv")).run()?;
    let venv = Venv { tools, folder };
    let online = Tools::new()?.online();
    let install = Venv { tools: &online, folder: venv.folder.clone() };
    let requirements = format!("{CRATE}/requirements.txt");
    install.python(PIP_INSTALL).args([pinned::MATURIN, "--requirement", &requirements]).run()?;

    let wheels = venv.folder.join("wheels");
    let build = venv.python("-m maturin build --quiet --release --locked --manifest-path");
    build.arg(format!("{CRATE}/Cargo.toml")).arg("--out").arg(&wheels).run()?;
    let wheel = fs::read_dir(&wheels)?.next().ok_or("maturin built no wheel")??.path();
    venv.python(PIP_INSTALL).arg("--no-index").arg(wheel).run()?;

    venv.python("-W error -m pytest --quiet -p no:cacheprovider").arg(CRATE).run()?;
    venv.python("-m mypy.stubtest faceid_sign").run()?;
    let cache = venv.folder.join("mypy");
    venv.python("-m mypy --strict --package faceid_sign --cache-dir").arg(cache).run()?;
    // For its own check that both make the same sign; what it measures is not judged here.
    venv.python("-W error").arg(format!("{CRATE}/benches/sign.py")).run()?;

    tools.command("cargo build --quiet --package examples --example sandbox").run()?;
    let sandbox = Sandbox::start(tools)?;
    let done = readme(tools, &venv, &sandbox);
    sandbox.stop()?;
    done?;
    Ok(Outcome::Passed)
}

const PIP_INSTALL: &str = "-m pip install --quiet --disable-pip-version-check";

/// A Python with what this step installs and nothing else.
struct Venv<'a> {
    tools: &'a Tools,
    folder: PathBuf,
}

impl Venv<'_> {
    fn programs(&self) -> PathBuf {
        self.folder.join("venv/bin")
    }

    fn python(&self, arguments: &str) -> Cmd<'_> {
        // `env`, as a program's own path may not hold blanks here. Nothing of the caller's Python comes along.
        let command = self.tools.command("env").arg(self.programs().join("python"));
        let command = command.args(arguments.split(' ')).env_remove("PYTHONPATH").env_remove("PYTHONHOME");
        command.env("PYTHONDONTWRITEBYTECODE", "1").quiet()
    }
}

/// Runs the README's blocks; the one that says so prints a token.
fn readme(tools: &Tools, venv: &Venv<'_>, sandbox: &Sandbox) -> Result {
    let readme = fs::read_to_string(tools.path(CRATE).join("README.md"))?;
    let files = [("key", &sandbox.key), ("secret", &sandbox.secret)].map(|(name, value)| {
        let file = venv.folder.join(name);
        fs::write(&file, format!("{value}\n")).map(|()| file.to_string_lossy().into_owned())
    });
    let [key, secret] = files;
    let (key, secret) = (key?, secret?);
    let path = format!("{}:{}", venv.programs().display(), std::env::var("PATH")?);

    let mut tokens = 0;
    let lines = blocks(&readme);
    for (language, text) in &lines {
        let command = if *language == "sh" {
            let text =
                text.replace("/run/secrets/faceid_key", &key).replace("/run/secrets/faceid_secret", &secret);
            // What it names is installed already, from the wheel.
            let text = text.replace("pip install faceid-sign", "pip show --quiet faceid-sign");
            let shell = tools.command("sh -eu -c").arg(format!("cd \"$FOLDER\"\n{text}")).quiet();
            shell.env("FOLDER", &venv.folder).env("PATH", &path)
        } else {
            let python = venv.python("-W error -c").arg(text).env("FACEID_BASE_URL", &sandbox.url);
            python.env("FACEID_API_KEY", &sandbox.key).env("FACEID_API_SECRET", &sandbox.secret)
        };
        let said = command.read()?;
        if text.contains("biz_token") {
            tokens += 1;
            if said.is_empty() || said.contains(char::is_whitespace) {
                return Err(format!("the README's lines for a biz_token print: {said}").into());
            }
        }
    }
    if tokens == 0 {
        return Err("the README has no lines for a biz_token".into());
    }
    println!("   README: {} blocks run", lines.len());
    Ok(())
}

/// The blocks in `sh` and `python`, in order.
fn blocks(readme: &str) -> Vec<(&str, &str)> {
    let fenced = readme.split("\n```").skip(1).step_by(2);
    let blocks = fenced.filter_map(|block| block.split_once('\n'));
    blocks.filter(|(language, _)| ["sh", "python"].contains(language)).collect()
}

#[cfg(test)]
mod tests {
    use super::blocks;

    #[test]
    fn blocks_of_a_readme() {
        let readme = "# t\n\n```sh\na\nb\n```\n\ntext\n\n```text\nc\n```\n```python\nd\n```\n";
        assert_eq!(blocks(readme), [("sh", "a\nb"), ("python", "d")]);
    }
}
