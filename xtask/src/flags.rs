//! The arguments of every command. What a command does is in the module of its name.

#![allow(unreachable_pub, reason = "the macro writes its items as `pub`")]

use std::{ffi::OsString, num::NonZeroU64, path::PathBuf};

xflags::xflags! {
    /// The maintainer's program. Run it as `cargo xtask <command>`.
    cmd xtask {
        /// Check everything that a change must pass, or one step of it.
        ///
        /// The steps, in order: fmt, clippy, codegen, test, features, docs, examples, no-std,
        /// everything-on, interleavings, vectors, native, embed, node, python, program, counts, packages, fuzz, deny,
        /// graph, style.
        /// With CI=true in the environment a step that cannot run is a failure.
        cmd ci {
            /// Run only this step.
            optional step: String
        }

        /// Write the files that are made from others: the C header, the README's table of errors, and into the target
        /// folder man pages and completions.
        cmd codegen {
            /// Write nothing, and fail if one is out of date.
            optional --check
        }

        /// Measure signer and clients beside what their users would write without them: a row a goal, met or missed.
        ///
        /// Without options it takes a quarter of an hour, and writes table and plots into crates/faceid-bench and the
        /// figures of the bindings into the READMEs of faceid-capi, faceid-python and faceid-node.
        cmd bench {
            /// A minute's run, after the build; writes nothing.
            optional --quick
            /// S1 to S5, H1 to H8, M1, C1 to C3, burst, bindings: only these, with what is measured together. Nothing
            /// is written.
            repeated row: String
        }

        /// Build and run the examples of the C library in every language that is installed.
        cmd embed {}

        /// Change the signer and the types in each small way there is: a test must fail each time. It takes hours.
        cmd mutants {
            /// How many at once, 1 or more (default: 2).
            optional --jobs jobs: NonZeroU64
        }

        /// Run all tests, and the commands here that are tests of the others, and tell which part of the code they run.
        /// It takes half an hour.
        cmd coverage {}

        /// Check licences, sources and duplicates of what we depend on, and known holes in it.
        cmd deny {}

        /// Look for inputs that break what must hold for each: all targets, or those named.
        cmd fuzz {
            /// How long each target runs, 1 or more (default: 1).
            optional --minutes minutes: NonZeroU64
            /// How often each target is executed, in place of minutes.
            optional --runs runs: NonZeroU64
            /// sign, diagnose, response, form, sandbox, headers.
            repeated target: String
        }

        /// Build the npm package, and print where it is.
        cmd npm {}

        /// Prove that no network breaks the clients: every row of the hostile server, and many calls.
        ///
        /// Builds for release, takes about ten minutes, and ends with the counts of what passed and failed.
        cmd prove {}

        /// Check what a user's code may count on: the API against the last tag, features that only add, and the
        /// crates of others that it names.
        ///
        /// Its tool is built at the first run, which takes minutes.
        cmd semver {}

        /// Bring out a version. RELEASING.md says when to run which.
        cmd release {
            /// Check whether a version can go out. Nothing is changed.
            cmd check {
                /// Such as 1.2.3.
                required version: String
            }

            /// Set the version, date the changelog, commit and tag. Nothing leaves this machine.
            cmd prepare {
                /// Such as 1.2.3.
                required version: String
                /// Show what would change, and change nothing.
                optional --dry-run
            }

            /// Publish for real, from a clone, to a registry on this machine that fails on the way; then use every
            /// artefact as its users do.
            cmd rehearse {}

            /// Show that a defect of the API or of a feature stops a release, and that two clones build the same
            /// bytes. Takes minutes.
            cmd self-test {}

            /// Publish to the public registry what it lacks of the version that HEAD is tagged with.
            ///
            /// Reads CARGO_REGISTRY_TOKEN. Run again, it goes on where it stopped. A registry that does not answer is
            /// waited for, for a minute; CARGO_HTTP_TIMEOUT and CARGO_NET_RETRY change that.
            cmd publish {}
        }

        /// Build everything that a version consists of into target/dist, with checksums.
        ///
        /// Everything has to be committed. What this machine cannot build is named. Its tools for wheels are installed at the first run.
        cmd dist {
            /// Build the C library alone, and install it below this folder: include, lib and lib/pkgconfig.
            optional --prefix dir: PathBuf
            /// Build and pack the program alone, for this target, such as x86_64-unknown-linux-musl.
            optional --program target: String
            /// The SSH key that signs the checksums. Without one they are not signed.
            optional --key file: PathBuf
        }
    }
}

/// The help of the command that `arguments` ask it of, and of those below it. xflags itself knows the whole help alone.
pub(crate) fn help_asked(arguments: &[OsString]) -> Option<String> {
    let words = arguments.iter().map(|argument| argument.to_str()).collect::<Option<Vec<_>>>()?;
    let is_asking = |word: &&str| ["-h", "--help", "help"].contains(word);
    let (asking, words) = words.into_iter().partition::<Vec<_>, _>(is_asking);
    let command = command(&words);
    // What is no command is an error, with help asked for or not.
    if asking.is_empty() || command == "xtask" && !words.is_empty() {
        return None;
    }
    let mut is_asked = false;
    let lines = Xtask::HELP_.lines().filter(|line| {
        if line.starts_with("xtask") {
            is_asked =
                line.strip_prefix(&command).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
        }
        is_asked
    });
    Some(lines.collect::<Vec<_>>().join("\n"))
}

/// What `arguments` ask for; or what is wrong with them, and where to look.
pub(crate) fn parsed(arguments: &[OsString]) -> Result<Xtask, String> {
    let asked = Xtask::from_vec(arguments.to_vec()).map_err(|error| error.to_string());
    asked.and_then(without_contradiction).map_err(|error| wrong(arguments, &error))
}

fn without_contradiction(asked: Xtask) -> Result<Xtask, String> {
    let contradiction = match &asked.subcommand {
        XtaskCmd::Dist(Dist { program: Some(_), prefix, key }) if prefix.is_some() || key.is_some() => {
            "`--program` is alone: it is neither installed nor signed"
        }
        XtaskCmd::Dist(Dist { prefix: Some(_), key: Some(_), .. }) => {
            "`--key`: what `--prefix` installs is not signed"
        }
        XtaskCmd::Fuzz(Fuzz { minutes: Some(_), runs: Some(_), .. }) => "`--minutes` or `--runs`, not both",
        _ => return Ok(asked),
    };
    Err(contradiction.to_owned())
}

/// xflags calls every argument a flag, and knows no more than its name.
fn wrong(arguments: &[OsString], error: &str) -> String {
    let words = arguments.iter().filter_map(|argument| argument.to_str()).collect::<Vec<_>>();
    let error = error.replace("flag is required: `version`", "a version is wanted: X.Y.Z");
    let error = error.replace("flag is required", "wanted");
    format!("{error}\nsee: cargo {} --help", command(&words))
}

/// The longest beginning of `words` that is a command, as the help calls it.
fn command(words: &[&str]) -> String {
    let beginnings = (0..=words.len()).rev().map(|end| [&["xtask"], &words[..end]].concat().join(" "));
    let mut commands = beginnings.filter(|command| Xtask::HELP_.lines().any(|line| line == command));
    commands.next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::{ffi::OsString, fs};

    use super::{Xtask, XtaskCmd, help_asked, parsed};
    use crate::{ci, tools::Tools};

    fn split(arguments: &str) -> Vec<OsString> {
        arguments.split_whitespace().map(Into::into).collect()
    }

    #[test]
    fn help_of_a_command() {
        let cases = [
            ("semver --help", Some("semver"), &["xtask semver"][..]),
            ("release check -h", Some("1.2.3"), &["xtask release check"]),
            ("release check 1.2.3 --help", Some("1.2.3"), &["xtask release check"]),
            ("release help check", Some("1.2.3"), &["xtask release check"]),
            ("help semver", Some("semver"), &["xtask semver"]),
            ("help", Some("maintainer"), &["xtask", "xtask ci", "xtask release check"]),
            (
                "release --help",
                Some("check"),
                &["xtask release", "xtask release check", "xtask release publish"],
            ),
            ("--help", Some("maintainer"), &["xtask", "xtask ci", "xtask release check"]),
            ("nonsense --help", None, &[]),
            ("semver", None, &[]),
            ("", None, &[]),
        ];
        for (arguments, said, heads) in cases {
            let help = help_asked(&split(arguments));
            assert_eq!(help.is_some(), said.is_some(), "{arguments}");
            let help = help.unwrap_or_default();
            assert!(help.contains(said.unwrap_or_default()), "{arguments}: {help}");
            let found = help.lines().filter(|line| line.starts_with("xtask")).collect::<Vec<_>>();
            assert!(heads.iter().all(|head| found.contains(head)), "{arguments}: {found:?}");
            assert!(found.iter().all(|head| head.starts_with(heads[0])), "{arguments}: {found:?}");
        }
    }

    #[test]
    fn usage_errors() {
        let cases = [
            ("release prepare", "a version is wanted: X.Y.Z\nsee: cargo xtask release prepare --help"),
            (
                "release check --dry-run",
                "unexpected flag: `--dry-run`\nsee: cargo xtask release check --help",
            ),
            (
                "mutants --jobs 0",
                "can't parse `--jobs`, number would be zero for non-zero type\nsee: cargo xtask mutants --help",
            ),
            ("release", "subcommand is required\nsee: cargo xtask release --help"),
            ("release nonsense", "unexpected argument: \"nonsense\"\nsee: cargo xtask release --help"),
            ("ci fmt more", "unexpected argument: \"more\"\nsee: cargo xtask ci --help"),
            (
                "dist --prefix p --key k",
                "`--key`: what `--prefix` installs is not signed\nsee: cargo xtask dist --help",
            ),
            (
                "dist --program p --key k",
                "`--program` is alone: it is neither installed nor signed\nsee: cargo xtask dist --help",
            ),
            ("fuzz --runs 1 --minutes 1", "`--minutes` or `--runs`, not both\nsee: cargo xtask fuzz --help"),
            ("", "subcommand is required\nsee: cargo xtask --help"),
        ];
        for (arguments, said) in cases {
            let arguments = split(arguments);
            assert_eq!(parsed(&arguments).err().as_deref(), Some(said));
        }
    }

    #[test]
    fn help_lists_the_steps_in_order() {
        let help = Xtask::HELP_.split_whitespace().collect::<Vec<_>>().join(" ");
        let steps = ci::step_names().collect::<Vec<_>>().join(", ");
        assert!(help.contains(&format!("{steps}.")), "{steps}\n{help}");
    }

    /// What a text calls that there is not, where it calls `cargo xtask`: a word in capitals stands for a value.
    fn unknown(text: &str) -> impl Iterator<Item = String> {
        let calls = text.split("cargo xtask ").skip(1).map(|rest| {
            let end = rest.find(|char| "`#<>&|),;\n".contains(char)).unwrap_or(rest.len());
            rest[..end]
                .trim_end_matches('.')
                .replace("X.Y.Z", "1.2.3")
                .replace("STEP", "fmt")
                .replace("${{ matrix.target }}", "TARGET")
        });
        calls.filter(|call| !call.trim().is_empty()).filter(|call| {
            let arguments = split(call);
            let is_step = match parsed(&arguments).map(|asked| asked.subcommand) {
                Ok(XtaskCmd::Ci(ci)) => ci.step.is_none_or(|step| ci::step_names().any(|name| name == step)),
                Ok(_) => true,
                Err(_) => help_asked(&arguments).is_some(),
            };
            !is_step
        })
    }

    #[test]
    fn calls() {
        let cases = [
            ("run: cargo xtask ci\n", None),
            ("`cargo xtask ci fmt`", None),
            ("cargo xtask ci nolicences", Some("ci nolicences")),
            ("cargo xtask gone", Some("gone")),
            ("cargo xtask release prepare X.Y.Z --dry-run   # as it would be", None),
            ("(cargo xtask dist --prefix p)", None),
            ("cargo xtask <command>", None),
            ("by cargo xtask codegen, from the types", None),
            ("cargo xtask ci --help", None),
        ];
        for (text, expected) in cases {
            assert_eq!(unknown(text).next().as_deref(), expected, "{text}");
        }
    }

    /// Nobody else looks at them before they are wanted.
    #[test]
    fn what_workflows_and_documents_call() {
        let tools = Tools::new().unwrap();
        let files = tools.command("git ls-files .github .ci *.md :!CHANGELOG.md").quiet().read().unwrap();
        assert!(
            [".github/workflows/release.yml", ".ci/run"].iter().all(|file| files.contains(file)),
            "{files}"
        );
        for file in files.lines() {
            let text = fs::read_to_string(tools.path(file)).unwrap();
            assert_eq!(unknown(&text).next(), None, "{file}");
        }
    }
}
