//! What each user does with what was published: a project that depends on it, in a folder where nothing of ours is.
//! Every one of them signs the vendor's published example.

use std::{
    fs,
    path::{Path, PathBuf},
};

use xshell::Cmd;

use crate::{Result, tools::Tools, workspace::Metadata};

/// The body of a consumer's `main`, which prints the sign.
struct Consumer {
    krate: &'static str,
    body: &'static str,
    /// Whether it has a set of default features to do without.
    has_features: bool,
}

/// With `Credentials` and its like in scope as that crate gives them to its users.
const SIGN: &str = include_str!("consumers/sign.rs");

const CONSUMERS: [Consumer; 7] = [
    Consumer { krate: "faceid-sign", body: "use faceid_sign as ours;\n", has_features: true },
    Consumer { krate: "faceid-types", body: "use faceid_types as ours;\n", has_features: false },
    Consumer { krate: "faceid-net", body: include_str!("consumers/net.rs"), has_features: true },
    Consumer { krate: "faceid-async", body: include_str!("consumers/async.rs"), has_features: true },
    Consumer { krate: "faceid-blocking", body: include_str!("consumers/blocking.rs"), has_features: true },
    Consumer { krate: "faceid-sandbox", body: include_str!("consumers/sandbox.rs"), has_features: false },
    Consumer { krate: "faceid-capi", body: include_str!("consumers/capi.rs"), has_features: false },
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
        let consumer = CONSUMERS.iter().find(|consumer| consumer.krate == name);
        let consumer = consumer.ok_or_else(|| format!("no consumer uses {name}: write one"))?;
        for defaults in if consumer.has_features { &[true, false][..] } else { &[true] } {
            uses.push((artefact.clone(), of_library(tools, consumer, version, *defaults, folder, sign)?));
        }
    }
    Ok(uses)
}

fn of_library(
    tools: &Tools,
    Consumer { krate, body, .. }: &Consumer,
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
    fs::write(
        project.join("src/main.rs"),
        main.replace("DEFAULTS", if defaults { "true" } else { "false" }),
    )?;
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

/// The wheels, each in an environment of its own.
pub(super) fn of_wheels(tools: &Tools, dist: &Path, folder: &Path, sign: &str) -> Result<Vec<Use>> {
    let mut uses = Vec::new();
    for wheel in artefacts(dist, ".whl")? {
        let name = file_name(&wheel);
        let environment = folder.join(format!("venv-{name}"));
        tools.command("python3 -m venv").arg(&environment).quiet().run()?;
        let bin = environment.join("bin");
        let pip = tools.command("env").arg(bin.join("python")).args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-index",
        ]);
        pip.arg(&wheel).run()?;
        let run = if bin.join("faceid").is_file() {
            signing(tools, &bin.join("faceid"))
        } else {
            tools.command("env").arg(bin.join("python")).args(["-c", include_str!("consumers/wheel.py")])
        };
        prints(run, sign, &name)?;
        uses.push((name, "pip install into a new environment".to_owned()));
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
    for archive in artefacts(dist, ".tar.gz")? {
        let name = file_name(&archive);
        if name.starts_with("faceid_") {
            continue;
        }
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

fn artefacts(dist: &Path, end: &str) -> Result<Vec<PathBuf>> {
    let files = fs::read_dir(dist)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    let mut found = files.into_iter().filter(|file| file_name(file).ends_with(end)).collect::<Vec<_>>();
    found.sort();
    Ok(found)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
