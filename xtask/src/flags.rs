//! The arguments of every command. What a command does is in the module of its name.

#![allow(unreachable_pub, reason = "the macro writes its items as `pub`")]

use std::path::PathBuf;

xflags::xflags! {
    /// The maintainer's program. Run it as `cargo xtask <command>`.
    cmd xtask {
        /// Check everything that a change must pass, or one step of it.
        ///
        /// The steps, in order: fmt, clippy, codegen, test, features, docs, examples, no-std,
        /// everything-on, vectors, native, embed, node, graph, style.
        /// With CI=true in the environment a step that cannot run is a failure.
        cmd ci {
            /// Run only this step.
            optional step: String
        }

        /// Write the files that are made from others: the C header.
        cmd codegen {
            /// Write nothing, and fail if one is out of date.
            optional --check
        }

        /// Build and run the examples of the C library in every language that is installed.
        cmd embed {}

        /// Build the npm package, and print where it is.
        cmd npm {}

        /// Prove that no network breaks the clients: every row of the hostile server, and many calls.
        ///
        /// Builds for release, takes about half an hour, and ends with "N passed, M failed".
        cmd prove {}

        /// Build the C library and install it.
        cmd dist {
            /// Below which folder: include, lib and lib/pkgconfig are made there.
            required --prefix dir: PathBuf
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
