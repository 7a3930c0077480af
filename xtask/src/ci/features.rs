//! Every published crate with no feature, with each feature alone, and with all of them: what the workspace's
//! one set of features would hide, a user who takes only a part must not be the first to find.

use super::{Outcome, PUBLISHED};
use crate::{Result, tools::Tools, workspace::Metadata};

pub(super) fn run(tools: &Tools) -> Result<Outcome> {
    let metadata = Metadata::of_members(tools)?;
    for name in PUBLISHED {
        if !metadata.package(name)?.published {
            return Err(format!("{name} is marked as not published").into());
        }
    }
    for package in metadata.packages.iter().filter(|package| package.published) {
        for selection in selections(&package.features) {
            // Clippy and not RUSTFLAGS, which would build every dependency a second time.
            let clippy = tools.command("cargo clippy --quiet --package").arg(&package.name);
            clippy.args(selection).args(["--", "-D", "warnings"]).run()?;
        }
    }
    Ok(Outcome::Passed)
}

/// The arguments of each run. With one feature, alone is the same as all.
fn selections(features: &[String]) -> Vec<Vec<&str>> {
    let alone = |feature| vec!["--no-default-features", "--features", feature];
    let mut runs = vec![vec!["--no-default-features"]];
    runs.extend(features.iter().map(String::as_str).map(alone));
    if features.len() > 1 {
        runs.push(vec!["--all-features"]);
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::selections;

    #[test]
    fn selections_of_features() {
        let cases: [(&[&str], &[&str]); 3] = [
            (&[], &["--no-default-features"]),
            (&["std"], &["--no-default-features", "--no-default-features --features std"]),
            (
                &["default", "std"],
                &[
                    "--no-default-features",
                    "--no-default-features --features default",
                    "--no-default-features --features std",
                    "--all-features",
                ],
            ),
        ];
        for (features, expected) in cases {
            let features = features.iter().map(ToString::to_string).collect::<Vec<_>>();
            let runs = selections(&features).iter().map(|run| run.join(" ")).collect::<Vec<_>>();
            assert_eq!(runs, expected);
        }
    }
}
