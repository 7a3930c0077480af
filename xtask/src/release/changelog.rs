//! The changelog: a dated section for a version, which names every crate that changed.

use std::fs;

use semver::Version;

use crate::{Result, tools::Tools};

pub(crate) const FILE: &str = "CHANGELOG.md";

const UNRELEASED: &str = "## [Unreleased]";

pub(crate) fn read(tools: &Tools) -> Result<String> {
    Ok(fs::read_to_string(tools.path(FILE)).map_err(|error| format!("{FILE}: {error}"))?)
}

/// Whether there is a section of `version`.
pub(crate) fn has(text: &str, version: &Version) -> bool {
    section(text, &heading(version)).is_some()
}

/// Those that have a section.
pub(crate) fn versions(text: &str) -> Vec<Version> {
    let names = text.lines().filter_map(|line| line.strip_prefix("## [")?.split_once(']'));
    names.filter_map(|(name, _)| name.parse().ok()).collect()
}

fn heading(version: &Version) -> String {
    format!("## [{version}]")
}

/// What is wrong with the section of `version`, given the crates that changed since the version before.
pub(crate) fn wrong(text: &str, version: &Version, changed: &[String]) -> Vec<String> {
    let start = heading(version);
    let Some((line, section)) = section(text, &start) else {
        return vec![format!("{FILE} has no section [{version}]")];
    };
    let mut problems = Vec::new();
    if text.lines().filter(|line| line.starts_with(&start)).count() > 1 {
        problems.push(format!("{FILE} has several sections [{version}]"));
    }
    let date = date(line);
    if !date.is_some_and(is_date) {
        problems.push(format!("{FILE}: the section [{version}] is not dated: ## [{version}] - YYYY-MM-DD"));
    }
    problems.extend(missing(section, &version.to_string(), changed));
    problems
}

/// The date of the section of `version`, if it is later than `today`.
pub(crate) fn date_to_come<'a>(text: &'a str, version: &Version, today: &str) -> Option<&'a str> {
    date(section(text, &heading(version))?.0).filter(|date| *date > today)
}

fn date(heading: &str) -> Option<&str> {
    Some(heading.split_once("] - ")?.1)
}

/// What stands in the way of making `Unreleased` the section of a version.
pub(crate) fn unready(text: &str, changed: &[String]) -> Vec<String> {
    match section(text, UNRELEASED) {
        Some((_, section)) => missing(section, "Unreleased", changed),
        None => vec![format!("{FILE} has no section [Unreleased]")],
    }
}

/// `text` with what is unreleased as the section of `version`, and the links below following.
pub(crate) fn released(text: &str, version: &Version, date: &str, repository: &str) -> String {
    let mut lines = Vec::new();
    for line in text.lines() {
        if line.trim_end() == UNRELEASED {
            lines.extend([UNRELEASED.to_owned(), String::new(), format!("## [{version}] - {date}")]);
        } else if line.starts_with("[Unreleased]: ") {
            lines.push(format!("[Unreleased]: {repository}/compare/v{version}...HEAD"));
            lines.push(format!("[{version}]: {repository}/releases/tag/v{version}"));
        } else {
            lines.push(line.to_owned());
        }
    }
    lines.join("\n") + "\n"
}

/// A section's heading and what stands below it.
fn section<'a>(text: &'a str, start: &str) -> Option<(&'a str, &'a str)> {
    let at = text.match_indices(start).map(|(at, _)| at).find(|&at| at == 0 || text[..at].ends_with('\n'))?;
    let (heading, rest) = text[at..].split_once('\n')?;
    Some((heading, rest.split_once("\n## ").map_or(rest, |(section, _)| section)))
}

fn missing(section: &str, name: &str, changed: &[String]) -> Vec<String> {
    let seen = seen(section);
    let is_text = |line: &str| !line.trim().is_empty() && !line.starts_with('#') && !is_link(line);
    let empty = (!seen.lines().any(is_text))
        .then(|| format!("{FILE}: the section [{name}] is empty: say what is new"));
    let unnamed = changed.iter().filter(|krate| !seen.contains(&format!("`{krate}`")));
    let unnamed =
        unnamed.map(|krate| format!("{FILE}: the section [{name}] does not say what changed in `{krate}`"));
    empty.into_iter().chain(unnamed).collect()
}

/// Where a name in brackets leads to, which stands below the last section.
fn is_link(line: &str) -> bool {
    line.starts_with('[') && line.contains("]: ")
}

/// What a reader sees: all but comments.
fn seen(text: &str) -> String {
    let (first, rest) = text.split_once("<!--").unwrap_or((text, ""));
    let after = rest.split("<!--").filter_map(|part| part.split_once("-->")).map(|(_, after)| after);
    [first].into_iter().chain(after).collect()
}

fn is_date(text: &str) -> bool {
    let parts = text.split('-').map(|part| (part.len(), part.parse::<u32>().ok())).collect::<Vec<_>>();
    let [(4, Some(year)), (2, Some(month)), (2, Some(day))] = parts[..] else { return false };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + u32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=last).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::{date_to_come, released, unready, wrong};

    const TEXT: &str = "# Changelog\n\n## [Unreleased]\n\n- `a`: new.\n\n[Unreleased]: x/commits/main\n";

    #[test]
    fn sections() {
        let version = "1.2.3".parse().unwrap();
        let changed = ["a".to_owned(), "b".to_owned()];
        let cases = [
            ("## [1.2.3] - 2026-01-31\n\n- `a` and `b`: new.\n", 0),
            ("## [1.2.3] - 2026-01-31\n\n- `a`: new.\n", 1),
            ("## [1.2.3]\n\n- `a` and `b`: new.\n", 1),
            ("## [1.2.3] - soon\n\n- `a` and `b`: new.\n", 1),
            ("## [1.2.3] - 2026-13-01\n\n- `a` and `b`: new.\n", 1),
            ("## [1.2.3] - 2026-02-29\n\n- `a` and `b`: new.\n", 1),
            ("## [1.2.3] - 2028-02-29\n\n- `a` and `b`: new.\n", 0),
            ("## [1.2.3] - 2026-04-31\n\n- `a` and `b`: new.\n", 1),
            ("## [1.2.3] - 2026-01-31\n\n- `a`: new.\n\n## [1.2.2] - 2026-01-01\n\n- `b`: new.\n", 1),
            ("## [1.2.3] - 2026-01-31\n\n- `a` and `b`: new.\n\n## [1.2.3] - 2026-01-30\n\n- `a`: new.\n", 1),
            ("see ## [1.2.3] - 2026-01-31\n\n- `a` and `b`: new.\n", 1),
            ("## [1.2.3] - 2026-01-31\n\n- `a`: new.\n<!-- `b` -->\n", 1),
            ("## [1.2.3] - 2026-01-31\n\n<!-- a -->- `a`: new.\n<!-- c --> And `b`.\n", 0),
            ("## [1.2.3] - 2026-01-31\n\n`a`, `b`\n", 0),
            ("## [1.2.3] - 2026-01-31\n\n* `a` and `b`: new.\n", 0),
            (TEXT, 1),
        ];
        for (text, problems) in cases {
            assert_eq!(wrong(text, &version, &changed).len(), problems, "{text}");
        }
        assert_eq!(unready(TEXT, &changed).len(), 1);
        assert_eq!(unready("", &changed).len(), 1);
        assert_eq!(unready("## [Unreleased]\n\n### Added\n\n[Unreleased]: x/commits/main\n", &[]).len(), 1);
        assert_eq!(unready("## [Unreleased]\n\n## [1.2.2] - 2026-01-01\n\n- `b`: new.\n", &[]).len(), 1);
    }

    #[test]
    fn a_release() {
        let version = "1.2.3".parse().unwrap();
        let text = released(TEXT, &version, "2026-01-31", "x");
        assert_eq!(
            text,
            "# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2026-01-31\n\n- `a`: new.\n\n\
             [Unreleased]: x/compare/v1.2.3...HEAD\n[1.2.3]: x/releases/tag/v1.2.3\n"
        );
        assert!(wrong(&text, &version, &["a".to_owned()]).is_empty());
        assert_eq!(date_to_come(&text, &version, "2026-01-30"), Some("2026-01-31"));
        assert_eq!(date_to_come(&text, &version, "2026-01-31"), None);
    }
}
