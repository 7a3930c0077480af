//! The wheel as its users have it: built, installed into a fresh environment, tested there, its README's lines run.

use std::{
    fs,
    path::{Path, PathBuf},
};

use xshell::Cmd;

use super::{Outcome, readme::Readme, sandbox::Sandbox};
use crate::{
    Result, dist,
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
    let install = venv.python(PIP_INSTALL).arg("--find-links").arg(pinned::wheelhouse()?);
    install.args([pinned::MATURIN, "--requirement", pinned::PYTHON_CHECKS]).run()?;

    let wheels = venv.folder.join("wheels");
    dist::write_licences(tools, CRATE, &tools.path(CRATE))?;
    let build = venv.python("-m maturin build --quiet --release --locked --manifest-path");
    build.arg(format!("{CRATE}/Cargo.toml")).arg("--out").arg(&wheels).run()?;
    let wheel = fs::read_dir(&wheels)?.next().ok_or("maturin built no wheel")??.path();
    venv.python(PIP_INSTALL).arg(&wheel).run()?;

    venv.python("-W error -m pytest --quiet -p no:cacheprovider").arg(CRATE).run()?;
    venv.python("-m mypy.stubtest faceid_sign").run()?;
    let cache = venv.folder.join("mypy");
    venv.python("-m mypy --strict --package faceid_sign --cache-dir").arg(cache).run()?;
    // For its own check that both make the same sign; what it measures is not judged here.
    venv.python("-W error").arg(format!("{CRATE}/benches/sign.py")).run()?;

    readme(tools, &venv, &wheel)?;
    Ok(Outcome::Passed)
}

const PIP_INSTALL: &str = "-m pip install --quiet --no-index --disable-pip-version-check";

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

fn readme(tools: &Tools, venv: &Venv<'_>, wheel: &Path) -> Result {
    let sandbox = Sandbox::start(tools)?;
    let path = format!("{}:{}", venv.programs().display(), std::env::var("PATH")?);
    let [key, secret] = ["key", "secret"].map(|name| venv.folder.join(name));
    fs::write(&key, format!("{}\n", sandbox.key))?;
    fs::write(&secret, format!("{}\n", sandbox.secret))?;
    let readme = Readme {
        krate: CRATE,
        install: "pip install faceid-sign\n",
        stand_ins: &[
            ("pip install faceid-sign", "pip install --quiet --no-index --force-reinstall \"$WHEEL\""),
            ("/run/secrets/faceid_key", &key.to_string_lossy()),
            ("/run/secrets/faceid_secret", &secret.to_string_lossy()),
        ],
        environment: &[
            ("PATH", path.as_ref()),
            ("WHEEL", wheel.as_os_str()),
            ("FACEID_BASE_URL", sandbox.url.as_ref()),
        ],
    };
    readme.run(tools, &venv.folder.join("readme"))?;
    sandbox.stop()
}
