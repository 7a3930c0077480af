//! Other programs, run from the workspace's root so that the caller's shell changes nothing.

pub(crate) mod pinned;

use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
};

use xshell::{Cmd, Shell};

use crate::Result;

/// Starts other programs. This is the only way to one: an environment cleaned in some places only is not clean.
#[derive(Clone)]
pub(crate) struct Tools {
    shell: Shell,
    removed: Vec<String>,
}

impl Tools {
    /// In the workspace that this program is part of.
    pub(crate) fn new() -> Result<Self> {
        let own = env::var_os("CARGO_MANIFEST_DIR").ok_or("start this program as `cargo xtask`")?;
        Self::at(Path::new(&own).parent().ok_or("xtask has no folder above it")?)
    }

    /// In another folder, such as a clone.
    pub(crate) fn at(root: &Path) -> Result<Self> {
        let shell = Shell::new()?;
        shell.change_dir(root);
        let names = env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        let removed = names.filter(|name| is_removed(name)).collect();
        Ok(Self { shell, removed })
    }

    /// The same in another folder, with the variables of this one.
    pub(crate) fn moved(&self, root: &Path) -> Self {
        let moved = self.clone();
        moved.shell.change_dir(root);
        moved
    }

    /// The same with a variable that every command sees.
    pub(crate) fn with(self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.shell.set_var(name, value);
        self
    }

    /// The same with the caller's proxies: for what has to reach a registry.
    pub(crate) fn online(mut self) -> Self {
        self.removed.retain(|name| !is_proxy(name));
        self
    }

    /// The command that `line` holds, split at blanks; arguments that are not fixed are added with `.arg`.
    pub(crate) fn command(&self, line: &str) -> Cmd<'_> {
        let mut words = line.split_whitespace();
        let program = words.next().expect("a command begins with a program");
        let command = self.shell.cmd(program).args(words);
        self.removed.iter().fold(command, Cmd::env_remove)
    }

    /// Whether `program` can be started at all.
    pub(crate) fn has(&self, program: &str) -> bool {
        self.succeeds(&format!("{program} --version"))
    }

    /// Whether the command that `line` holds ends well; what it says is nobody's concern.
    pub(crate) fn succeeds(&self, line: &str) -> bool {
        self.command(line).quiet().ignore_stdout().ignore_stderr().run().is_ok()
    }

    /// What is not installed of programs, each a command that tells whether it is there and what brings it on Debian.
    pub(crate) fn missing(&self, programs: &[(&str, &str)]) -> Option<String> {
        let missing = programs.iter().filter(|(probe, _)| !self.succeeds(probe));
        let missing = missing.map(|(probe, packages)| {
            format!("{} (Debian: {packages})", probe.split(' ').next().unwrap_or_default())
        });
        let missing = missing.collect::<Vec<_>>().join(", ");
        (!missing.is_empty()).then(|| format!("not installed: {missing}"))
    }

    /// Where cargo has its own configuration, if there is any.
    pub(crate) fn cargo_config(&self) -> Option<PathBuf> {
        let home = self.shell.var_os("CARGO_HOME").map(PathBuf::from);
        let home = home.or_else(|| Some(PathBuf::from(self.shell.var_os("HOME")?).join(".cargo")))?;
        Some(home.join("config.toml")).filter(|config| config.is_file())
    }

    /// The absolute path of a path in the workspace.
    pub(crate) fn path(&self, inside: impl AsRef<Path>) -> PathBuf {
        self.shell.current_dir().join(inside)
    }

    /// The variables of the caller's own that no command sees.
    pub(crate) fn removed(&self) -> Vec<&str> {
        let removed = self.removed.iter().map(String::as_str);
        removed.filter(|name| !is_of_cargo_run(name)).collect()
    }
}

fn is_removed(name: &str) -> bool {
    name.starts_with("FACEID_") || is_proxy(name) || is_of_cargo_run(name)
}

fn is_proxy(name: &str) -> bool {
    let proxies = ["http_proxy", "https_proxy", "all_proxy", "no_proxy"];
    proxies.iter().any(|proxy| name.eq_ignore_ascii_case(proxy))
}

/// `cargo run` describes xtask itself in these. Some build scripts (ring's) ask to be rerun when they change,
/// so that with them every run of xtask would build half the graph again.
fn is_of_cargo_run(name: &str) -> bool {
    name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
}

#[cfg(test)]
mod tests {
    use super::{Tools, is_removed};

    #[test]
    fn what_is_missing() {
        let tools = Tools::new().unwrap();
        let [here, nowhere, refuses] =
            [("git --version", "git"), ("nowhere --version", "a b"), ("git nonsense", "c")];
        let cases: [(&[(&str, &str)], Option<&str>); 3] = [
            (&[], None),
            (&[here], None),
            (&[here, nowhere, refuses], Some("not installed: nowhere (Debian: a b), git (Debian: c)")),
        ];
        for (programs, expected) in cases {
            assert_eq!(tools.missing(programs).as_deref(), expected);
        }
    }

    #[test]
    fn removed_variables() {
        let cases = [
            ("FACEID_API_KEY", true),
            ("FACEID_", true),
            ("FACEID", false),
            ("MY_FACEID_KEY", false),
            ("http_proxy", true),
            ("HTTPS_PROXY", true),
            ("ALL_PROXY", true),
            ("no_proxy", true),
            ("CARGO_HTTP_PROXY", false),
            ("CARGO_MANIFEST_DIR", true),
            ("CARGO_PKG_NAME", true),
            ("CARGO_HOME", false),
            ("CARGO_TARGET_DIR", false),
            ("PATH", false),
        ];
        for (name, removed) in cases {
            assert_eq!(is_removed(name), removed, "{name}");
        }
    }
}
