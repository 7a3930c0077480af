//! What each user does with what was published: a project that depends on it, in a folder where nothing of ours is.
//! Every one of them signs the vendor's published example.

use std::{
    fs,
    path::{Path, PathBuf},
};

use xshell::Cmd;

use crate::{
    Result,
    tools::{Tools, pinned},
    workspace::Metadata,
};

/// With `Credentials` and its like in scope as that crate gives them to its users.
const SIGN: &str = include_str!("consumers/sign.rs");

/// A crate, and how a program that depends on it begins; or the whole of one, if it signs in another way.
const CONSUMERS: [(&str, &str); 7] = [
    ("faceid-sign", "use faceid_sign as ours;\n"),
    ("faceid-types", "use faceid_types as ours;\n"),
    ("faceid-net", include_str!("consumers/net.rs")),
    ("faceid-async", include_str!("consumers/async.rs")),
    ("faceid-blocking", include_str!("consumers/blocking.rs")),
    ("faceid-sandbox", include_str!("consumers/sandbox.rs")),
    ("faceid-capi", include_str!("consumers/capi.rs")),
];

/// What used an artefact, and the artefact's name begins with.
pub(super) type Use = (String, String);

/// A project for each published crate, which `tools`' cargo resolves as it would for anybody.
pub(super) fn of_crates(tools: &Tools, metadata: &Metadata, folder: &Path, sign: &str) -> Result<Vec<Use>> {
    let mut uses = Vec::new();
    for package in metadata.in_publish_order()? {
        let (name, version) = (package.name.as_str(), package.version.as_str());
        let artefact = format!("{name}-{version}.crate");
        if package.library().is_none() {
            uses.push((artefact, of_program(tools, name, version, folder, sign)?));
            continue;
        }
        let consumer = CONSUMERS.iter().find(|(krate, _)| *krate == name);
        let consumer = consumer.ok_or_else(|| format!("no consumer uses {name}: write one"))?;
        for defaults in [true, false] {
            uses.push((artefact.clone(), of_library(tools, consumer, version, defaults, folder, sign)?));
        }
    }
    Ok(uses)
}

fn of_library(
    tools: &Tools,
    (krate, body): &(&str, &str),
    version: &str,
    defaults: bool,
    folder: &Path,
    sign: &str,
) -> Result<String> {
    let with = if defaults { "with default features" } else { "with no features" };
    let project = folder.join(format!("{krate} {with}").replace(' ', "-"));
    fs::create_dir_all(project.join("src"))?;
    // For the sign, where the crate does not hand on the signer.
    let signer = if body.contains("faceid_sign") && *krate != "faceid-sign" {
        format!("faceid-sign = \"{version}\"\n")
    } else {
        String::new()
    };
    let manifest = format!(
        "[package]\nname = \"consumer\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         {krate} = {{ version = \"{version}\", default-features = {defaults} }}\n{signer}"
    );
    fs::write(project.join("Cargo.toml"), manifest)?;
    let main = if body.contains("fn main") { (*body).to_owned() } else { format!("{body}{SIGN}") };
    fs::write(project.join("src/main.rs"), main)?;
    let run = tools.command("cargo run --quiet --manifest-path").arg(project.join("Cargo.toml"));
    prints(run, sign, &format!("{krate} {with}"))?;
    Ok(format!("a Rust program {with}"))
}

fn of_program(tools: &Tools, name: &str, version: &str, folder: &Path, sign: &str) -> Result<String> {
    for (features, with) in [(&["--no-default-features"][..], "no features"), (&[], "default features")] {
        let root = folder.join(format!("{name}-{with}").replace(' ', "-"));
        let install = tools.command("cargo install --quiet --debug --locked --version").args([version, name]);
        install.args(features).arg("--root").arg(&root).run()?;
        prints(signing(tools, &root.join("bin/faceid")), sign, &format!("{name} with {with}"))?;
    }
    Ok("cargo install, with default features and with none".to_owned())
}

/// The wheels and the source distribution, each in an environment of its own.
pub(super) fn of_python(tools: &Tools, dist: &Path, folder: &Path, sign: &str) -> Result<Vec<Use>> {
    let wheelhouse = pinned::wheelhouse()?;
    let mut uses = Vec::new();
    let sources = artefacts(dist, ".tar.gz")?.into_iter().filter(|archive| is_sdist(archive));
    for package in artefacts(dist, ".whl")?.into_iter().chain(sources) {
        let name = file_name(&package);
        let environment = folder.join(format!("venv-{name}"));
        tools.command("python3 -m venv").arg(&environment).quiet().run()?;
        let bin = environment.join("bin");
        let pip = tools.command("env").arg(bin.join("python")).args(["-m", "pip", "install", "--quiet"]);
        // What builds the source distribution is found there, and nothing else.
        pip.args(["--no-index", "--find-links"]).arg(&wheelhouse).arg(&package).run()?;
        let run = if bin.join("faceid").is_file() {
            signing(tools, &bin.join("faceid"))
        } else {
            tools.command("env").arg(bin.join("python")).args(["-c", include_str!("consumers/wheel.py")])
        };
        prints(run, sign, &name)?;
        let how = if is_sdist(&package) { "built and installed by pip" } else { "pip install" };
        uses.push((name, format!("{how} into a new environment")));
    }
    Ok(uses)
}

/// The npm package, in a folder of its own.
pub(super) fn of_npm(tools: &Tools, dist: &Path, folder: &Path, sign: &str) -> Result<Vec<Use>> {
    let mut uses = Vec::new();
    for tarball in artefacts(dist, ".tgz")? {
        let project = folder.join("npm");
        fs::create_dir_all(&project)?;
        fs::write(project.join("package.json"), "{\"private\": true}")?;
        let install = tools.command("npm install --offline --no-audit --no-fund --loglevel error --prefix");
        install.arg(&project).arg(&tarball).quiet().ignore_stdout().run()?;
        let script = project.join("sign.js");
        fs::write(&script, include_str!("consumers/npm.js"))?;
        prints(tools.command("node").arg(&script), sign, "the npm package")?;
        uses.push((file_name(&tarball), "npm install into a new folder".to_owned()));
    }
    Ok(uses)
}

/// The archives of the C library and of the program, unpacked into a prefix of their own.
pub(super) fn of_archives(tools: &Tools, dist: &Path, folder: &Path, sign: &str) -> Result<Vec<Use>> {
    let mut uses = Vec::new();
    for archive in artefacts(dist, ".tar.gz")?.into_iter().filter(|archive| !is_sdist(archive)) {
        let name = file_name(&archive);
        let prefix = folder.join("prefix");
        fs::create_dir_all(&prefix)?;
        tools
            .command("tar --extract --gzip --file")
            .arg(&archive)
            .arg("--directory")
            .arg(&prefix)
            .quiet()
            .run()?;
        let root = prefix.join(name.trim_end_matches(".tar.gz"));
        if root.join("bin").is_dir() {
            prints(signing(tools, &root.join("bin/faceid")), sign, &name)?;
            uses.push((name, "the program, unpacked".to_owned()));
            continue;
        }
        let lines = "cc -Wall -Werror examples/embed/c/sign.c $(pkg-config --cflags --libs faceid) -o \"$OUT\"; \"$OUT\"";
        let lib = root.join("lib");
        let run = tools
            .command("sh -eu -c")
            .arg(lines)
            .env("OUT", prefix.join("sign"))
            .env("LD_LIBRARY_PATH", &lib);
        prints(run.env("PKG_CONFIG_PATH", lib.join("pkgconfig")), sign, &name)?;
        uses.push((name, "a C program, by pkg-config".to_owned()));
    }
    Ok(uses)
}

/// The program's own way to sign the example.
fn signing<'a>(tools: &'a Tools, program: &Path) -> Cmd<'a> {
    let command = tools.command("env").arg(program).args([
        "sign",
        "--issued-at",
        "1530762118",
        "--nonce",
        "0799687066",
    ]);
    command
        .env("FACEID_API_KEY", "ICVvC_xUs6177WEtyUNwIH8J6NfGu50t")
        .env("FACEID_API_SECRET", "UjYGdN9CBZKsDBLB5-5v3DykPXY6dw3q")
}

fn prints(command: Cmd<'_>, sign: &str, who: &str) -> Result {
    let output = command.quiet().ignore_status().output()?;
    if output.status.success() && output.stdout.trim_ascii() == sign.as_bytes() {
        println!("rehearse: {who}: the vendor's sign");
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(format!("{who} does not print the vendor's sign:\n{}", String::from_utf8_lossy(&said)).into())
}

/// Python's tools write the hyphen of a name as `_`; our own archives keep it.
fn is_sdist(artefact: &Path) -> bool {
    let name = file_name(artefact);
    name.starts_with("faceid_") && name.ends_with(".tar.gz")
}

fn artefacts(dist: &Path, end: &str) -> Result<Vec<PathBuf>> {
    let files = fs::read_dir(dist)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    let mut found = files.into_iter().filter(|file| file_name(file).ends_with(end)).collect::<Vec<_>>();
    found.sort();
    Ok(found)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
