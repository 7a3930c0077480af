//! `cargo xtask codegen`: files in git that are written from others, or the check that they are up to date.

use std::{env::consts::EXE_EXTENSION, fs};

use crate::{Result, dist, release, tools::Tools, workspace::Metadata};

const CAPI: &str = "crates/faceid-capi";
const HEADER: &str = "crates/faceid-capi/include/faceid.h";

const README: &str = "README.md";
const CHINESE: &str = "README.zh-CN.md";
const TABLE_BEGINS: &str = "<!-- Written by cargo xtask codegen, from the types. -->\n\n";
const TABLE_ENDS: &str = "\n<!-- Up to here. -->";

/// Writes the C header and the README's table of errors, or with `check` fails if one is not what would be written.
/// Man pages and completions are not in git: the program writes them into the target folder, as it does for a release.
pub(crate) fn run(tools: &Tools, check: bool) -> Result {
    up_to_date(tools, HEADER, &c_header(tools)?, check)?;

    let readme = read(tools, README)?;
    let table = tools.command("cargo run --quiet --package examples --example error_table").quiet().read()?;
    let readme = with_table(&readme, &table)?;
    up_to_date(tools, README, &readme, check)?;
    if rows(&readme) != rows(&read(tools, CHINESE)?) {
        return Err(
            format!("{CHINESE} has other errors in its tables than {README}, or in another order").into()
        );
    }

    tools.command("cargo build --quiet --package faceid-cli").run()?;
    let target = Metadata::of_members(tools)?.target_directory;
    let program = target.join("debug/faceid").with_extension(EXE_EXTENSION);
    let share = target.join("codegen/share");
    dist::pages(tools, &program, &share)?;
    println!("codegen: man pages and completions are in {}", share.display());
    Ok(())
}

/// Writes the C header, which holds the version.
pub(crate) fn header(tools: &Tools) -> Result {
    Ok(fs::write(tools.path(HEADER), c_header(tools)?)?)
}

fn up_to_date(tools: &Tools, file: &str, text: &str, check: bool) -> Result {
    if read(tools, file).is_ok_and(|found| found == text) {
        println!("codegen: {file} is up to date");
    } else if check {
        return Err(format!("{file} is not what its sources give: run cargo xtask codegen").into());
    } else {
        fs::write(tools.path(file), text)?;
        println!("codegen: {file} written");
    }
    Ok(())
}

/// Git may have checked it out with other line ends.
fn read(tools: &Tools, file: &str) -> Result<String> {
    let text = fs::read_to_string(tools.path(file)).map_err(|error| format!("{file}: {error}"))?;
    Ok(text.replace("\r\n", "\n"))
}

fn with_table(readme: &str, table: &str) -> Result<String> {
    let around = readme.split_once(TABLE_BEGINS);
    let around = around.and_then(|(before, rest)| Some((before, rest.split_once(TABLE_ENDS)?.1)));
    let (before, after) = around.ok_or_else(|| format!("{README} has no place for the table of errors"))?;
    Ok(format!("{before}{TABLE_BEGINS}{}\n{TABLE_ENDS}{after}", table.trim_end()))
}

/// What the first column of each row of errors names, in the text of any language.
fn rows(text: &str) -> Vec<Vec<&str>> {
    let cells = text.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    let names = cells.map(|cell| cell.split('`').skip(1).step_by(2).collect::<Vec<_>>());
    let is_error = |name: &&str| {
        let code = name.split(':').next().unwrap_or_default();
        let is_code = code.contains('_') && code.chars().all(|char| char.is_ascii_uppercase() || char == '_');
        is_code && !code.starts_with("FACEID_")
            || name.starts_with("Error::")
            || name.starts_with("TransportKind::")
    };
    names.filter(|names| names.first().is_some_and(is_error)).collect()
}

/// cbindgen is a library here, so that Cargo.lock pins it and `cargo fetch` brings it: no step downloads a program.
fn c_header(tools: &Tools) -> Result<String> {
    let config = cbindgen::Config::from_file(tools.path(CAPI).join("cbindgen.toml"))?;
    // The file and the modules it names. Given the crate, it would start cargo by itself and not by `Tools`.
    let version = format!("\n#define FACEID_VERSION \"{}\"", release::version(tools)?);
    let builder = cbindgen::Builder::new()
        .with_config(config)
        .with_after_include(version)
        .with_src(tools.path(CAPI).join("src/lib.rs"));
    let mut header = Vec::new();
    builder.generate()?.write(&mut header);
    Ok(String::from_utf8(header)?)
}

#[cfg(test)]
mod tests {
    use super::{TABLE_BEGINS, TABLE_ENDS, rows, with_table};

    #[test]
    fn tables() {
        let readme = format!("before\n{TABLE_BEGINS}old\n{TABLE_ENDS}\nafter");
        let expected = format!("before\n{TABLE_BEGINS}new\n{TABLE_ENDS}\nafter");
        assert_eq!(with_table(&readme, "new\n").unwrap(), expected);
        assert!(with_table("no place", "new").is_err());
    }

    #[test]
    fn rows_in_two_languages() {
        let english =
            "| `API_NOT_FOUND`, 404; 404 without a code | x |\n| none | x |\n| `Error::Invalid` | x |";
        let chinese = "| `API_NOT_FOUND`，404；没有 | x |\n| 没有 | x |\n| `Error::Invalid` | x |";
        assert_eq!(rows(english), [["API_NOT_FOUND"], ["Error::Invalid"]]);
        assert_eq!(rows(english), rows(chinese));
        assert_ne!(rows(english), rows("| `API_NOT_FOUND` | x |"));
    }
}
