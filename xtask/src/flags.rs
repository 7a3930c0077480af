//! The arguments of every command. What a command does is in the module of its name.

#![allow(unreachable_pub, reason = "the macro writes its items as `pub`")]

use std::path::PathBuf;

xflags::xflags! {
    /// The maintainer's program. Run it as `cargo xtask <command>`.
    cmd xtask {
        /// Check everything that a change must pass, or one step of it.
        ///
        /// The steps, in order: fmt, clippy, codegen, test, features, docs, examples, no-std,
        /// everything-on, interleavings, vectors, native, embed, node, python, program, packages, fuzz, deny, graph,
        /// style.
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

        /// Measure what a sign costs through each binding, and write the figures into their READMEs.
        cmd bench {}

        /// Build and run the examples of the C library in every language that is installed.
        cmd embed {}

        /// Change the signer and the types in each small way there is: a test must fail each time. It takes hours.
        cmd mutants {
            /// How many at once (default: 2).
            optional --jobs jobs: u64
        }

        /// Run all tests and tell which part of the code they run.
        cmd coverage {}

        /// Check licences, sources and duplicates of what we depend on, and known holes in it.
        cmd deny {}

        /// Look for inputs that break what must hold for each: all targets, or those named.
        cmd fuzz {
            /// How long each target runs (default: 1).
            optional --minutes minutes: u64
            /// How often each target is executed, in place of minutes.
            optional --runs runs: u64
            /// sign, diagnose, response, form, sandbox, headers.
            repeated target: String
        }

        /// Build the npm package, and print where it is.
        cmd npm {}

        /// Prove that no network breaks the clients: every row of the hostile server, and many calls.
        ///
        /// Builds for release, takes about half an hour, and ends with "N passed, M failed".
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
            /// Reads CARGO_REGISTRY_TOKEN. Run again, it goes on where it stopped.
            cmd publish {}
        }

        /// Build everything that a version consists of into target/dist, with checksums.
        ///
        /// What this machine cannot build is named. Its tools for wheels are installed at the first run.
        cmd dist {
            /// Build the C library alone, and install it below this folder: include, lib and lib/pkgconfig.
            optional --prefix dir: PathBuf
            /// The SSH key that signs the checksums. Without one they are not signed.
            optional --key file: PathBuf
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Xtask;
    use crate::ci;

    #[test]
    fn help_lists_the_steps_in_order() {
        let help = Xtask::HELP_.split_whitespace().collect::<Vec<_>>().join(" ");
        let steps = ci::step_names().collect::<Vec<_>>().join(", ");
        assert!(help.contains(&format!("{steps}.")), "{steps}\n{help}");
    }
}
