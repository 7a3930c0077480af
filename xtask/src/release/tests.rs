//! Releases of a small workspace to a real registry that fails, and of this one with a defect in it.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use super::{
    changelog, check, index, packages, prepare,
    publish::{self, Destination},
    registry::{self, Fault, Registry},
    versions,
};
use crate::{Result, dist, semver, tools::Tools, workspace::Metadata};

/// A new, empty folder below the target folder.
fn scratch(name: &str) -> PathBuf {
    let target = Metadata::of_members(&Tools::new().unwrap()).unwrap().target_directory;
    let folder = target.join("xtask-tests").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn tools_at(folder: &Path) -> Tools {
    let tools = Tools::at(folder).unwrap().with("CARGO_TARGET_DIR", folder.join("target"));
    // A person's own settings of git do not get in here.
    let nobody = [("AUTHOR", "NAME"), ("AUTHOR", "EMAIL"), ("COMMITTER", "NAME"), ("COMMITTER", "EMAIL")];
    nobody.iter().fold(tools, |tools, (who, what)| tools.with(&format!("GIT_{who}_{what}"), "nobody"))
}

fn commit(tools: &Tools) {
    tools.command("git add --all").quiet().run().unwrap();
    tools.command("git commit --quiet --message change").quiet().run().unwrap();
}

/// Three crates, each on the one before it, the first with a test that needs the last.
fn small(name: &str) -> (Tools, PathBuf) {
    let folder = scratch(name);
    let write = |file: &str, text: &str| {
        let file = folder.join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    };
    write("Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\nresolver = \"3\"\n");
    write(".gitignore", "/target\n/home\n");
    for (krate, dependency) in [
        ("first", "[dev-dependencies]\nthird = { path = \"../third\" }\n"),
        ("second", "[dependencies]\nfirst = { path = \"../first\", version = \"0.1.0\" }\n"),
        ("third", "[dependencies]\nsecond = { path = \"../second\", version = \"0.1.0\" }\n"),
    ] {
        let package = "version = \"0.1.0\"\nedition = \"2024\"\ndescription = \"A fixture.\"\nhomepage = \"https://example.com\"\nlicense = \"MIT\"\n";
        write(
            &format!("crates/{krate}/Cargo.toml"),
            &format!("[package]\nname = \"{krate}\"\n{package}\n{dependency}"),
        );
        write(&format!("crates/{krate}/src/lib.rs"), "");
    }
    let tools = tools_at(&folder);
    tools.command("git init --quiet --initial-branch main").quiet().run().unwrap();
    tools.command("cargo generate-lockfile --offline").quiet().ignore_stderr().run().unwrap();
    commit(&tools);
    (tools, folder)
}

const REHEARSED: Destination = Destination {
    registry: registry::NAME,
    variables: registry::VARIABLES,
    patience: Duration::from_secs(10),
};

/// What a registry does wrong stops a release with a clear line, and the next run ends it.
#[test]
fn a_release_ends_whatever_the_registry_does() {
    let (tools, folder) = small("faults");
    let cases: [(Option<Fault>, Option<&str>, usize); 10] = [
        (None, None, 3),
        (Some(Fault::Unavailable(1)), Some("503"), 1),
        (Some(Fault::TooMany), Some("try again after 23:59 GMT"), 1),
        (Some(Fault::Garbage), Some("was not taken"), 1),
        (Some(Fault::Hang), Some("was not taken"), 1),
        (Some(Fault::Lag(5)), None, 3),
        (Some(Fault::IndexUnavailable), Some("Nothing was published by this run"), 0),
        (Some(Fault::IndexHang), Some("Nothing was published by this run"), 0),
        (Some(Fault::IndexGarbage), Some("/index/se/co/second is no page of an index: "), 0),
        (Some(Fault::IndexElsewhere), Some("/index/se/co/second sends on to "), 0),
    ];
    let mut tools = tools.with("CARGO_NET_RETRY", "0");
    for (number, (fault, said, uploads)) in cases.into_iter().enumerate() {
        let registry = Registry::start().unwrap();
        tools = registry.taken_by(tools, &folder.join(format!("home/{number}"))).unwrap();
        if let Some(fault) = fault {
            registry.inject("second", fault);
        }

        let outcome = publish::everything(&tools, &REHEARSED).map_err(|error| error.to_string());
        match said {
            None => outcome.unwrap(),
            Some(said) => {
                let error = outcome.unwrap_err();
                assert!(error.contains(said), "{fault:?}: {error}");
                let next = "1 of 3 at 0.1.0, second is the next";
                assert_eq!(error.contains(next), uploads == 1, "{fault:?}: {error}");
                assert!(error.contains("run: cargo xtask release publish"), "{fault:?}: {error}");
            }
        }
        assert_eq!(registry.uploads().len(), uploads, "{fault:?}");

        // And once more, when everything is there: nothing is sent again.
        registry.clear_fault("second");
        for _ in 0..2 {
            publish::everything(&tools, &REHEARSED).unwrap();
            assert_eq!(registry.uploads(), ["first", "second", "third"], "{fault:?}");
        }
    }
}

/// The registry has taken it, and who looks cannot see it: that is said, and the next run goes on.
#[test]
fn an_index_that_stays_behind() {
    let (tools, folder) = small("behind");
    let registry = Registry::start().unwrap();
    let tools = registry.taken_by(tools, &folder.join("home")).unwrap();
    // Cargo itself would wait for a minute, and this is how to have it wait less.
    let tools = tools.with("RUSTC_BOOTSTRAP", "1").with("CARGO_UNSTABLE_PUBLISH_TIMEOUT", "true");
    let tools = tools.with("CARGO_PUBLISH_TIMEOUT", "1");
    registry.inject("second", Fault::Lag(u32::MAX));
    let impatient = Destination { patience: Duration::from_secs(2), ..REHEARSED };

    let error = publish::everything(&tools, &impatient).unwrap_err().to_string();
    for said in [
        "second 0.1.0 was taken, and after 2 s the index does not show it",
        "1 of 3 at 0.1.0, second is the next",
        "run: cargo xtask release publish",
    ] {
        assert!(error.contains(said), "{error}");
    }
    assert_eq!(registry.uploads(), ["first", "second"]);

    // Sent again, it is refused, and still waited for.
    let error = publish::everything(&tools, &impatient).unwrap_err().to_string();
    assert!(error.contains("second 0.1.0 was taken, and after 2 s"), "{error}");

    registry.clear_fault("second");
    publish::everything(&tools, &impatient).unwrap();
    assert_eq!(registry.uploads(), ["first", "second", "third"]);
}

/// A proxy that takes connections and stays silent is told of at the first question: with a store that knows the index,
/// packing would wait for it dozens of times.
#[test]
fn a_silent_proxy() {
    let (tools, folder) = clone("silent");
    let registry = Registry::start().unwrap();
    registry.add_others(&tools).unwrap();
    let tools = registry.taken_by(tools, &folder.with_file_name("home")).unwrap();
    let metadata = Metadata::of_members(&tools).unwrap();
    publish::package(&tools, &REHEARSED, &metadata, &metadata.in_publish_order().unwrap()).unwrap();

    let proxy = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = format!("http://{}", proxy.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    thread::spawn(move || {
        let _kept =
            proxy.incoming().inspect(|_| _ = counter.fetch_add(1, Ordering::Relaxed)).collect::<Vec<_>>();
    });
    let silent = tools.with("CARGO_HTTP_PROXY", address);
    let silent = silent.with("CARGO_HTTP_TIMEOUT", "1").with("CARGO_NET_RETRY", "0");
    let error = publish::everything(&silent, &REHEARSED).unwrap_err().to_string();
    for said in [
        "whether the registry has faceid-sign",
        "Timeout was reached",
        "Nothing was published by this run. When it is mended run: cargo xtask release publish",
    ] {
        assert!(error.contains(said), "{error}");
    }
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    assert_eq!(registry.uploads(), [""; 0]);
}

/// What a person has told cargo to ask for tokens is not asked.
#[test]
fn the_token_comes_from_the_environment_alone() {
    let (tools, folder) = small("token");
    let registry = Registry::start().unwrap();
    let tools = registry.taken_by(tools, &folder.join("home")).unwrap();
    let config = folder.join("home/config.toml");
    let own = "credential-provider = [\"cargo:token-from-stdout\", \"echo\", \"of-another\"]\n";
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, text.replace("[registries.rehearsal]\n", &format!("[registries.rehearsal]\n{own}")))
        .unwrap();
    publish::everything(&tools, &REHEARSED).unwrap();
    assert_eq!(registry.uploads().len(), 3);
}

/// A version cannot be replaced: not by the tool, and not past it.
#[test]
fn what_is_there_must_be_ours() {
    let (tools, folder) = small("duplicate");
    let registry = Registry::start().unwrap();
    let tools = registry.taken_by(tools, &folder.join("home")).unwrap();
    publish::everything(&tools, &REHEARSED).unwrap();
    let first = registry.checksum_of("first");
    assert_eq!(index::look_up(&tools, "first", "0.1.0").unwrap(), first);
    assert_eq!(index::look_up(&tools, "first", "0.2.0").unwrap(), None);
    assert_eq!(index::look_up(&tools, "fourth", "0.1.0").unwrap(), None);
    registry.inject("first", Fault::IndexUnavailable);
    let error = index::look_up(&tools, "first", "0.1.0").unwrap_err().to_string();
    assert!(error.contains("cannot be told"), "{error}");
    registry.clear_fault("first");

    // To cargo, what it cannot read is an index without that crate.
    for fault in [Fault::IndexGarbage, Fault::IndexCut] {
        registry.inject("third", fault);
        let error = publish::everything(&tools, &REHEARSED).unwrap_err().to_string();
        for said in ["/index/th/ir/third is no page of an index", "Nothing was published by this run"] {
            assert!(error.contains(said), "{error}");
        }
        registry.clear_fault("third");
    }

    fs::write(folder.join("crates/first/src/lib.rs"), "//! Changed.\n").unwrap();
    commit(&tools);
    let error = publish::everything(&tools, &REHEARSED).unwrap_err().to_string();
    assert!(error.contains("first 0.1.0 is not this one"), "{error}");

    // Before cargo's own look at the index shows it, so that the registry is the one to refuse.
    registry.inject("first", Fault::Lag(1));
    let again =
        tools.command("cargo publish --quiet --no-verify --package first --registry").arg(registry::NAME);
    let output = again.quiet().ignore_status().output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("first@0.1.0 is already uploaded"), "{said}");
    assert_eq!(registry.checksum_of("first"), first);

    registry.clear_fault("first");
    registry.yank("first");
    let error = index::look_up(&tools, "first", "0.1.0").unwrap_err().to_string();
    assert!(error.starts_with("first 0.1.0 is yanked"), "{error}");

    // Seen before anything goes up, and be it the last.
    registry.forget("first");
    registry.forget("second");
    let error = publish::everything(&tools, &REHEARSED).unwrap_err().to_string();
    assert!(error.contains("whether the registry's third 0.1.0 is ours cannot be told"), "{error}");
    assert_eq!(registry.uploads().len(), 3);
}

/// A commit that the next version may be made of.
fn changed_anew(tools: &Tools, folder: &Path) {
    replace(&folder.join(changelog::FILE), "## [Unreleased]\n", "## [Unreleased]\n\n- Built anew.\n");
    commit(tools);
}

/// This workspace at HEAD, as it was before the first release.
fn clone(name: &str) -> (Tools, PathBuf) {
    let folder = scratch(name);
    let root = Tools::new().unwrap().path("");
    tools_at(&folder)
        .command("git clone --quiet")
        .args([&root, &folder.join("clone")])
        .quiet()
        .run()
        .unwrap();
    let folder = folder.join("clone");
    let tools = tools_at(&folder);
    tools.command("git checkout --quiet -B main").quiet().run().unwrap();
    tools.command("git remote remove origin").quiet().run().unwrap();
    for tag in tools.command("git tag").quiet().read().unwrap().lines() {
        tools.command("git tag --delete").arg(tag).quiet().ignore_stdout().run().unwrap();
    }
    let changelog = folder.join(changelog::FILE);
    let text = fs::read_to_string(&changelog).unwrap();
    let (before, released) = text.split_once("## [Unreleased]").unwrap();
    let text = format!("{before}## [Unreleased]{}", released.replace("\n## [", "\n### ["));
    fs::write(changelog, text).unwrap();
    tools.command("git commit --quiet --all --allow-empty --message unreleased").quiet().run().unwrap();
    (tools, folder)
}

/// That clone at a version that is prepared.
fn prepared(name: &str) -> (Tools, PathBuf, String) {
    let (tools, folder) = clone(name);
    let version = versions::of_workspace(&tools).unwrap().to_string();
    prepare::in_tree(&tools, &version, false).unwrap();
    (tools, folder, version)
}

/// What is quick to find ends each command, and nothing is done.
#[test]
fn defects_stop_every_command() {
    let (tools, folder, version) = prepared("stops");
    let registry = Registry::start().unwrap();
    let pointed = registry.taken_by(tools.clone(), &folder.with_file_name("home")).unwrap();
    let member = |manifest: &str| {
        let own = folder.join("crates/faceid-extra");
        fs::create_dir_all(own.join("src")).unwrap();
        fs::write(own.join("src/lib.rs"), "").unwrap();
        fs::write(own.join("Cargo.toml"), manifest).unwrap();
    };
    let sign = folder.join("crates/faceid-sign/Cargo.toml");
    let cases: [(&str, &dyn Fn()); 4] = [
        ("workspace.dependencies.faceid-types is 0.0.9", &|| {
            let own = "path = \"crates/faceid-types\", version = \"";
            let stale = format!("{own}0.0.9\" }} # ");
            replace(&folder.join("Cargo.toml"), own, &stale);
        }),
        ("the crate faceid-sign is 0.0.9", &|| {
            replace(&sign, "\nversion.workspace = true", "\nversion = \"0.0.9\"");
        }),
        ("the required faceid-sandbox is 0.0.9", &|| {
            let own = folder.join("crates/faceid-async/Cargo.toml");
            replace(&own, "faceid-sandbox = {", "faceid-sandbox = { version = \"0.0.9\",");
        }),
        ("faceid-extra: would be published", &|| {
            member("[package]\nname = \"faceid-extra\"\nversion.workspace = true\nedition = \"2024\"\n");
        }),
    ];
    for (said, seed) in cases {
        seed();
        commit(&tools);
        tools.command("git tag --force").arg(format!("v{version}")).quiet().ignore_stdout().run().unwrap();
        let check = check::in_tree(&tools, &version);
        let publish = publish::in_tree(&pointed, &REHEARSED);
        for done in [check, publish] {
            let error = done.unwrap_err().to_string();
            assert!(error.contains(said), "{said}: {error}");
            assert!(error.contains(&format!("run: cargo xtask release check {version}")), "{error}");
        }
        assert_eq!(registry.uploads(), [""; 0]);
        tools.command("git tag --delete").arg(format!("v{version}")).quiet().ignore_stdout().run().unwrap();
        let head = tools.command("git rev-parse HEAD").quiet().read().unwrap();
        let error = prepare::in_tree(&tools, &version, false).unwrap_err().to_string();
        assert!(error.contains(said), "{said}: {error}");
        assert_eq!(tools.command("git rev-parse HEAD").quiet().read().unwrap(), head);
        tools.command("git reset --quiet --hard HEAD~1").quiet().run().unwrap();
    }
}

/// Others see what goes out: its tag is on origin, and it is this commit.
#[test]
fn what_is_published_is_on_origin() {
    let (tools, folder, version) = prepared("pushed");
    let registry = Registry::start().unwrap();
    let pointed = registry.taken_by(tools.clone(), &folder.with_file_name("home")).unwrap();
    let refused = |said: &str| {
        let error = publish::in_tree(&pointed, &REHEARSED).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
        assert_eq!(registry.uploads(), [""; 0]);
    };
    let git = |line: &str| tools.command(&format!("git {line}")).quiet().read().unwrap();
    let origin = folder.with_file_name("origin");
    tools.command("git remote add origin").arg(&origin).quiet().run().unwrap();
    refused("whether origin has");

    // Main has moved on: the version goes out from its tag, and is prepared where it has none.
    let tag = format!("v{version}");
    git("commit --quiet --allow-empty --message later");
    refused(&format!("HEAD is not {tag}, so nothing was sent. Run git checkout {tag}, and then this again"));
    let annotated = git(&format!("rev-parse refs/tags/{tag}"));
    git(&format!("tag --delete {tag}"));
    refused(&format!("Run cargo xtask release prepare {version}, and then this again"));
    git(&format!("update-ref refs/tags/{tag} {annotated}"));
    git(&format!("checkout --quiet {tag}"));
    refused("whether origin has");
    git(&format!("checkout --quiet -B main {tag}"));

    tools.command("git init --quiet --bare").arg(&origin).quiet().run().unwrap();
    refused(&format!("run: git push --atomic origin main {tag}"));
    tools.command("git push --quiet origin HEAD~1:refs/heads/main").quiet().run().unwrap();
    tools.command("git push --quiet origin").arg(format!("HEAD~1:refs/tags/{tag}")).quiet().run().unwrap();
    refused("is another commit on origin");
    tools.command("git push --quiet --force --atomic origin main").arg(&tag).quiet().run().unwrap();
    check::pushed(&tools, &version.parse().unwrap()).unwrap();

    // Who has the branch and not the tags is told so, and not that nothing went out yet.
    let again = folder.with_file_name("again");
    tools.command("git clone --quiet --no-tags --branch main").args([&origin, &again]).quiet().run().unwrap();
    let again = tools_at(&again);
    again.command("git commit --quiet --allow-empty --message later").quiet().run().unwrap();
    let later = "7.8.9".parse().unwrap();
    for done in [
        prepare::in_tree(&again, &version, false),
        prepare::in_tree(&again, "7.8.9", true),
        check::in_tree(&again, &version),
        semver::package_against_last_tag(&again, &later, "faceid-sign").map(drop),
    ] {
        let error = done.unwrap_err().to_string();
        assert!(error.contains(&format!("its tag {tag} is not here")), "{error}");
        assert!(error.contains("Run: git fetch --tags https://"), "{error}");
    }
    again.command("git fetch --quiet --tags").quiet().run().unwrap();
    let error = prepare::in_tree(&again, "7.8.9", true).unwrap_err().to_string();
    assert!(error.contains("the section [Unreleased] is empty"), "{error}");
}

fn replace(file: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains(from), "{}: {from}", file.display());
    fs::write(file, text.replace(from, to)).unwrap();
}

type Seed = fn(&Path);
type Finds = fn(&Tools) -> Result<Vec<String>>;

/// Each defect that a release has gone wrong by is found by the check that is for it.
#[test]
fn defects_are_found() {
    let (tools, folder) = clone("defects");
    let version = versions::of_workspace(&tools).unwrap();
    prepare::in_tree(&tools, &version.to_string(), false).unwrap();
    let versions: Finds = |tools| versions::wrong(tools, &versions::of_workspace(tools)?);
    let changelog: Finds = |tools| check::changelog(tools, &versions::of_workspace(tools)?);
    let tree: Finds = |tools| Ok(vec![check::tree(tools).unwrap_err().to_string()]);

    for find in [versions, changelog, check::manifests_wrong, packages::wrong_unbuilt] {
        assert_eq!(find(&tools).unwrap(), [""; 0]);
    }
    let cases: [(&str, Seed, Finds); 26] = [
        (
            "workspace.dependencies.faceid-types is 0.0.9",
            |root| {
                let old = "path = \"crates/faceid-types\", version = \"";
                replace(
                    &root.join("Cargo.toml"),
                    old,
                    "path = \"crates/faceid-types\", version = \"0.0.9\", other = \"",
                );
            },
            |tools| versions::wrong(tools, &versions::of_workspace(tools)?),
        ),
        (
            "faceid-types: the required faceid-sign is 0.0.9",
            |root| {
                let manifest = root.join("crates/faceid-types/Cargo.toml");
                replace(
                    &manifest,
                    "faceid-sign = { workspace = true,",
                    "faceid-sign = { path = \"../faceid-sign\", version = \"0.0.9\",",
                );
            },
            versions,
        ),
        (
            "package-lock.json is 0.0.9",
            |root| {
                let lock = root.join("crates/faceid-node/package-lock.json");
                let text = fs::read_to_string(&lock).unwrap();
                let (first, second) = text.split_once("\"packages\"").unwrap();
                let second = second.replacen("\"version\": \"", "\"version\": \"0.0.9\", \"was\": \"", 1);
                fs::write(lock, format!("{first}\"packages\"{second}")).unwrap();
            },
            versions,
        ),
        (
            "does not say what changed in `faceid-net`",
            |root| replace(&root.join("CHANGELOG.md"), "`faceid-net`", "the network"),
            changelog,
        ),
        ("is of 29", |root| replace(&root.join("CHANGELOG.md"), "] - 20", "] - 29"), changelog),
        (
            "faceid-cli: src/keys.json does not belong in it",
            |root| fs::write(root.join("crates/faceid-cli/src/keys.json"), "{}").unwrap(),
            packages::wrong_unbuilt,
        ),
        (
            "faceid-net: src/scratch.rs does not belong in it",
            |root| fs::write(root.join("crates/faceid-net/src/scratch.rs"), "").unwrap(),
            packages::wrong_unbuilt,
        ),
        (
            "faceid-net: lacks LICENSE-MIT",
            |root| fs::remove_file(root.join("crates/faceid-net/LICENSE-MIT")).unwrap(),
            packages::wrong_unbuilt,
        ),
        (
            "faceid-net: the manifest has no include",
            |root| replace(&root.join("crates/faceid-net/Cargo.toml"), "include = ", "# include = "),
            check::manifests_wrong,
        ),
        (
            "faceid-net: keywords: \"face id\"",
            |root| {
                let manifest = root.join("crates/faceid-net/Cargo.toml");
                replace(&manifest, "keywords.workspace = true", "keywords = [\"face id\"]");
            },
            check::manifests_wrong,
        ),
        (
            "faceid-sandbox: categories: \"no-such-category\"",
            |root| {
                let manifest = root.join("crates/faceid-sandbox/Cargo.toml");
                replace(&manifest, "\"api-bindings\"", "\"no-such-category\"");
            },
            check::manifests_wrong,
        ),
        (
            "faceid-net: license is to be the workspace's",
            |root| {
                let manifest = root.join("crates/faceid-net/Cargo.toml");
                replace(&manifest, "license.workspace = true", "license = \"MIT\"");
            },
            check::manifests_wrong,
        ),
        (
            "faceid-net: rust-version is to be the workspace's",
            |root| {
                let manifest = root.join("crates/faceid-net/Cargo.toml");
                replace(&manifest, "rust-version.workspace = true", "rust-version = \"1.90\"");
            },
            check::manifests_wrong,
        ),
        (
            "faceid-bench/Cargo.toml lacks publish = false",
            |root| replace(&root.join("crates/faceid-bench/Cargo.toml"), "publish = false", ""),
            check::manifests_wrong,
        ),
        (
            "faceid-faults: would be published",
            |root| replace(&root.join("crates/faceid-faults/Cargo.toml"), "publish = false", ""),
            check::manifests_wrong,
        ),
        (
            "faceid-cli: is marked as not published",
            |root| {
                let manifest = root.join("crates/faceid-cli/Cargo.toml");
                replace(&manifest, "[package]\n", "[package]\npublish = false\n");
            },
            check::manifests_wrong,
        ),
        (
            "faceid.h is 0.0.9",
            |root| {
                let header = root.join("crates/faceid-capi/include/faceid.h");
                replace(&header, "#define FACEID_VERSION \"", "#define FACEID_VERSION \"0.0.9");
            },
            versions,
        ),
        (
            "faceid.pc.in is 0.0.9",
            |root| replace(&root.join("crates/faceid-capi/faceid.pc.in"), "@VERSION@", "0.0.9"),
            versions,
        ),
        (
            "openapi.json is 0.0.9",
            |root| {
                let description = root.join("crates/faceid-sandbox/src/admin/openapi.json");
                replace(&description, "    \"version\": \"", "    \"version\": \"0.0.9\", \"was\": \"");
            },
            versions,
        ),
        (
            "README.md:1 is 0.0.9",
            |root| fs::write(root.join("README.md"), "npm install @faceid/sign@0.0.9\n").unwrap(),
            versions,
        ),
        (
            "is another commit",
            |root| {
                let tools = tools_at(root);
                tools.command("git commit --quiet --allow-empty --message later").quiet().run().unwrap();
            },
            |tools| check::is_prepared(tools, &versions::of_workspace(tools)?).map(|()| Vec::new()),
        ),
        (
            "0.0.0 is not above",
            |_| (),
            |tools| check::is_prepared(tools, &"0.0.0".parse()?).map(|()| Vec::new()),
        ),
        (
            "run: cargo xtask release prepare 7.8.9",
            |_| (),
            |tools| check::is_prepared(tools, &"7.8.9".parse()?).map(|()| Vec::new()),
        ),
        ("not committed", |root| fs::write(root.join("stray"), "").unwrap(), tree),
        (
            "not committed",
            |root| fs::write(root.join("crates/faceid-node/stray"), "").unwrap(),
            |tools| dist::everything(tools, None).map(|_| Vec::new()),
        ),
        (
            "this clone is shallow",
            |root| {
                let head = tools_at(root).command("git rev-parse HEAD").quiet().read().unwrap();
                fs::write(root.join(".git/shallow"), format!("{head}\n")).unwrap();
            },
            |tools| semver::package_against_last_tag(tools, &"0.0.0".parse()?, "faceid-sign"),
        ),
    ];
    for (expected, seed, find) in cases {
        seed(&folder);
        let problems = find(&tools).unwrap_or_else(|error| vec![error.to_string()]);
        assert!(problems.iter().any(|problem| problem.contains(expected)), "{expected}: {problems:?}");
        tools.command("git checkout --quiet -- .").quiet().run().unwrap();
        tools.command("git clean --quiet --force -d").quiet().run().unwrap();
    }
}

#[test]
fn preparing() {
    let (tools, folder) = clone("prepare");
    let head = || tools.command("git describe --always --tags HEAD").quiet().read().unwrap();
    // A version that nothing else has, so that it can be looked for when the next is set.
    let version = "6.54.321";
    let readme = folder.join("crates/faceid-types/README.md");
    let set = versions::of_workspace(&tools).unwrap();
    let line = format!("\nfaceid-types = \"{}.{}\"\n", set.major, set.minor);
    fs::write(&readme, fs::read_to_string(&readme).unwrap() + &line).unwrap();
    commit(&tools);
    prepare::in_tree(&tools, version, false).unwrap();
    changed_anew(&tools, &folder);
    let before = head();
    let refused = |version: &str, said: &str| {
        let error = prepare::in_tree(&tools, version, false).unwrap_err().to_string();
        assert!(error.contains(said), "{version}: {error}");
    };
    prepare::in_tree(&tools, "7.8.9", true).unwrap();
    assert_eq!(head(), before);
    check::clean(&tools).unwrap();

    refused("7.8", "is no version");
    refused("0.0.1", "is not above");
    refused("7.8.9+1", "X.Y.Z");
    refused("7.8.9-rc.1", "X.Y.Z");
    fs::write(folder.join("stray"), "").unwrap();
    refused("7.8.9", "not committed");
    fs::remove_file(folder.join("stray")).unwrap();
    tools.command("git checkout --quiet --detach").quiet().run().unwrap();
    refused("7.8.9", "no branch is checked out: git switch main");
    // But for what is prepared.
    tools.command("git checkout --quiet").arg(format!("v{version}")).quiet().run().unwrap();
    prepare::in_tree(&tools, version, false).unwrap();
    tools.command("git checkout --quiet main").quiet().run().unwrap();

    // A version that was set by hand in one place is told once for each file.
    replace(&folder.join("Cargo.toml"), "\nversion = \"6.54.321\"", "\nversion = \"6.54.322\"");
    commit(&tools);
    let error = prepare::in_tree(&tools, "6.54.323", false).unwrap_err().to_string();
    let (stale, way_on) = error.rsplit_once('\n').unwrap();
    let mut files = stale.lines().map(|line| line.split([':', ' ']).next()).collect::<Vec<_>>();
    assert_eq!(files.first(), Some(&Some("Cargo.toml")));
    files.dedup();
    assert_eq!(files.len(), stale.lines().count(), "{error}");
    assert!(stale.contains("faceid-sign is 6.54.321, not 6.54.322, and 5 more there\n"), "{error}");
    assert!(
        way_on.contains("Set these to 6.54.322; or, where that was set by hand, take it back"),
        "{error}"
    );
    assert!(way_on.ends_with("run: cargo xtask release prepare 6.54.323"), "{error}");
    tools.command("git reset --quiet --hard HEAD~1").quiet().run().unwrap();

    let unfetched = tools.clone().with("CARGO_HOME", folder.with_file_name("empty"));
    let error = prepare::in_tree(&unfetched, "7.8.9", true).unwrap_err().to_string();
    for manifest in ["Cargo.toml && ", "crates/faceid-fuzz/Cargo.toml"] {
        let fetch = format!("cargo fetch --locked --manifest-path {}", folder.join(manifest).display());
        assert!(error.contains(&fetch), "{error}");
    }
    check::clean(&tools).unwrap();

    let hook = folder.join(".git/hooks/pre-commit");
    fs::write(&hook, "#!/bin/sh\nexit 1\n").unwrap();
    tools.command("chmod +x").arg(&hook).quiet().run().unwrap();
    refused("7.8.9", "nothing is changed; when it is mended, run: cargo xtask release prepare 7.8.9");
    check::clean(&tools).unwrap();
    assert_eq!(head(), before);
    fs::remove_file(hook).unwrap();

    // A lock of git's, left by a run that was killed, keeps what is made from coming here, and shows as before.
    let lock = folder.join(".git/index.lock");
    fs::write(&lock, "").unwrap();
    prepare::in_tree(&tools, "7.8.9", true).unwrap();
    refused("7.8.9", "nothing is changed; when it is mended, run: cargo xtask release prepare 7.8.9");
    fs::remove_file(lock).unwrap();
    check::clean(&tools).unwrap();
    assert_eq!(head(), before);
    // What a run that was killed has left of its own is no hindrance.
    let left = Metadata::of_members(&tools).unwrap().target_directory.join("xtask/prepare");
    tools.command("git worktree add --quiet --detach").arg(&left).quiet().run().unwrap();
    fs::write(left.join("CHANGELOG.md"), "half a change").unwrap();

    // No tag can have a name that is the folder of another's.
    tools.command("git tag v7.8.9/other").quiet().run().unwrap();
    refused("7.8.9", "the commit is made; for its tag, run: cargo xtask release prepare 7.8.9");
    check::clean(&tools).unwrap();
    assert_eq!(tools.command("git log -1 --format=%s").quiet().read().unwrap(), "Release 7.8.9");
    assert_eq!(tools.command("git tag --list v7.8.9").quiet().read().unwrap(), "");
    tools.command("git tag --delete v7.8.9/other").quiet().ignore_stdout().run().unwrap();

    // It is not passed over: without a tag and with a section it would count as one that went out.
    refused("7.8.10", "7.8.9 is prepared and has no tag: prepare 7.8.9, or take its section back");

    // Again, with the tag lost in between: what is done stays done.
    for _ in 0..2 {
        prepare::in_tree(&tools, "7.8.9", false).unwrap();
        prepare::in_tree(&tools, "7.8.9", false).unwrap();
        assert_eq!(head(), "v7.8.9");
        assert_eq!(versions::wrong(&tools, &"7.8.9".parse().unwrap()).unwrap(), [""; 0]);
        assert_eq!(check::changelog(&tools, &"7.8.9".parse().unwrap()).unwrap(), [""; 0]);
        tools.command("git tag --delete v7.8.9").quiet().ignore_stdout().run().unwrap();
    }

    // What holds versions of others too, what is of the past, and this program's own fixtures.
    let others = [":!*Cargo.lock", ":!CHANGELOG.md", ":!xtask"];
    let old =
        tools.command("git grep --line-number --fixed-strings --word-regexp").arg(version).args(["--", "."]);
    assert_eq!(old.args(others).quiet().ignore_status().read().unwrap(), "");

    tools.command("git tag v7.8.9").quiet().run().unwrap();
    // A crate that is no more is told of as well.
    tools.command("git rm -r --quiet crates/faceid-node crates/faceid-bench").quiet().run().unwrap();
    check::metadata(&tools, &folder.join("Cargo.toml")).run().unwrap();
    let net = folder.join("crates/faceid-net/Cargo.toml");
    replace(&net, "name = \"faceid-net\"", "name = \"faceid-web\"");
    commit(&tools);
    assert_eq!(
        check::changed(&tools, &"7.8.10".parse().unwrap()).unwrap(),
        ["faceid-net", "faceid-node", "faceid-web"]
    );
    tools.command("git checkout --quiet HEAD~1 -- crates/faceid-net").quiet().run().unwrap();
    commit(&tools);
    refused("7.8.10", "does not say what changed in `faceid-node`");
    tools.command("git reset --quiet --hard v7.8.9").quiet().run().unwrap();
    // With nothing done since, the next still has to say why it is there.
    refused("7.8.10", "the section [Unreleased] is empty");
    changed_anew(&tools, &folder);
    prepare::in_tree(&tools, "7.8.10", false).unwrap();
    assert_eq!(check::changed(&tools, &"7.8.10".parse().unwrap()).unwrap(), [""; 0]);
    tools.command("git tag --delete v7.8.10").quiet().ignore_stdout().run().unwrap();
    tools.command("git reset --quiet --hard v7.8.9").quiet().run().unwrap();
    // What crates have from the workspace is theirs.
    replace(&folder.join("Cargo.toml"), "\nrust-version = \"1.", "\nrust-version = \"1.9");
    changed_anew(&tools, &folder);
    refused("7.8.10", "a patch does not raise it, so take 7.9.0");
    assert_eq!(check::rust_wrong(&tools, &"7.8.10".parse().unwrap()).unwrap().len(), 1);
    for krate in ["faceid-sign", "faceid-types", "faceid-capi"] {
        refused("7.9.0", &format!("does not say what changed in `{krate}`"));
    }
    // What a crate packs of its tests is its own, and what it links to.
    let cases: [(&str, &[&str]); 4] = [
        ("crates/faceid-sign/tests/vectors.rs", &[]),
        ("crates/faceid-sign/tests/vectors.json", &["faceid-cli", "faceid-sign"]),
        ("examples/native/python/faceid.py", &["faceid-sandbox"]),
        ("examples/native/README.md", &[]),
    ];
    for (file, expected) in cases {
        tools.command("git reset --quiet --hard v7.8.9").quiet().run().unwrap();
        let file = folder.join(file);
        fs::write(&file, fs::read_to_string(&file).unwrap() + "\n").unwrap();
        commit(&tools);
        let mut changed = check::changed(&tools, &"7.8.10".parse().unwrap()).unwrap();
        changed.sort_unstable();
        assert_eq!(changed, expected, "{}", file.display());
    }
    tools.command("git reset --quiet --hard v7.8.9").quiet().run().unwrap();
    tools.command("git tag --delete v7.8.9").quiet().ignore_stdout().run().unwrap();

    tools.command("git tag v7.8.9 HEAD~1").quiet().run().unwrap();
    refused("7.8.9", "v7.8.9 is another commit");
    refused("7.8.8", "is not above");
    tools.command("git checkout --quiet -b side").quiet().run().unwrap();
    refused("7.9.0", "not on \"side\": git switch main");
}
