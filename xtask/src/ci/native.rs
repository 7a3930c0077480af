//! The clients in other languages, which use nothing of ours: their signs, and their calls of the sandbox.

use std::fs;

use xshell::Cmd;

use super::{Outcome, passed_unless, sandbox::Sandbox};
use crate::{Result, tools::Tools, workspace::Metadata};

const VECTORS: &str = "crates/faceid-sign/tests/vectors.json";

/// In each command, `OUT` stands for a folder of the language's own below the target folder.
struct Language {
    name: &'static str,
    /// Commands that fail where something is missing.
    probes: &'static [&'static str],
    /// What brings it on Debian.
    packages: &'static str,
    build: Option<&'static str>,
    run: &'static str,
    /// How many vectors have times that its integers do not hold.
    beyond: usize,
}

const LANGUAGES: [Language; 7] = [
    Language {
        name: "python",
        probes: &["python3 --version"],
        packages: "python3",
        build: None,
        run: "python3 examples/native/python/faceid.py",
        beyond: 0,
    },
    Language {
        name: "php",
        probes: &["php -r exit((int)!extension_loaded('curl'));"],
        packages: "php-cli php-curl",
        build: None,
        run: "php examples/native/php/faceid.php",
        beyond: 10,
    },
    Language {
        name: "go",
        probes: &["go version"],
        packages: "golang-go",
        build: Some("go build -o OUT/faceid examples/native/go/faceid.go"),
        // `env`, as a program's own path may not hold blanks here.
        run: "env OUT/faceid",
        beyond: 0,
    },
    Language {
        name: "java",
        probes: &["javac -version", "java -version"],
        packages: "default-jdk-headless",
        build: Some("javac -Xlint:all -Werror -encoding UTF-8 -d OUT examples/native/java/FaceId.java"),
        // Of a locale that has other digits.
        run: "java -Duser.language=ar -Duser.country=EG -cp OUT FaceId",
        beyond: 0,
    },
    Language {
        name: "node",
        probes: &["node --version"],
        packages: "nodejs",
        build: None,
        run: "node examples/native/node/faceid.mjs",
        beyond: 0,
    },
    Language {
        name: "ruby",
        probes: &["ruby --version"],
        packages: "ruby",
        build: None,
        run: "ruby -w examples/native/ruby/faceid.rb",
        beyond: 0,
    },
    Language {
        name: "csharp",
        probes: &["mcs --version", "mono --version"],
        packages: "mono-mcs mono-runtime libmono-system-net-http4.0-cil \
                   libmono-system-runtime-serialization4.0-cil libmono-system-xml-linq4.0-cil",
        build: Some(
            "mcs -warnaserror -out:OUT/faceid.exe -r:System.Net.Http -r:System.Runtime.Serialization -r:System.Xml \
             -r:System.Xml.Linq examples/native/csharp/FaceId.cs",
        ),
        run: "mono OUT/faceid.exe",
        beyond: 0,
    },
];

/// One use of the command `token`.
struct Call {
    liveness_id: &'static str,
    uuid: Option<&'static str>,
    /// In place of the right one.
    secret: Option<&'static str>,
    /// What the error line holds; none where a token is wanted.
    error: Option<&'static str>,
}

/// A request id of the sandbox begins with its seconds: with a 1, until 2033.
const CALLS: [Call; 6] = [
    Call { liveness_id: "any-scene", uuid: None, secret: None, error: None },
    Call { liveness_id: "any-scene", uuid: Some("用户-1"), secret: None, error: None },
    Call {
        liveness_id: "any-scene",
        uuid: None,
        secret: Some("another-secret"),
        error: Some("AUTHORIZATION_ERROR INVALID_SIGN (HTTP 403, request_id 1"),
    },
    Call {
        liveness_id: "sandbox:CONCURRENCY_LIMIT_EXCEEDED",
        uuid: None,
        secret: None,
        error: Some("CONCURRENCY_LIMIT_EXCEEDED (HTTP 403, request_id 1"),
    },
    Call {
        liveness_id: "sandbox:html502",
        uuid: None,
        secret: None,
        error: Some("NO_ERROR_CODE (HTTP 502, request_id none)"),
    },
    Call { liveness_id: "sandbox:reset", uuid: None, secret: None, error: Some("faceid: ") },
];

pub(super) fn run(tools: &Tools) -> Result<Outcome> {
    let out = Metadata::of_members(tools)?.target_directory.join("native");
    let vectors = count_of_signs(&fs::read_to_string(tools.path(VECTORS))?);
    let (present, missing): (Vec<_>, Vec<_>) =
        LANGUAGES.iter().partition(|language| language.probes.iter().all(|probe| tools.succeeds(probe)));

    let sandbox = Sandbox::start(tools)?;
    let mut problems = Vec::new();
    for language in present {
        let name = language.name;
        let out = out.join(name);
        fs::create_dir_all(&out)?;
        let out = out.to_str().ok_or("the target folder's name is not UTF-8")?;
        if let Some(build) = language.build {
            command(tools, build, out).quiet().run()?;
        }
        let found = problems.len();
        let signs = vectors - language.beyond;
        problems
            .extend(wrong_signs(tools, language, out, signs)?.map(|problem| format!("{name}: {problem}")));
        for call in &CALLS {
            let problem = wrong_call(tools, language, out, &sandbox, call)?;
            problems.extend(problem.map(|problem| format!("{name}, {}: {problem}", call.liveness_id)));
        }
        let good = 1 + CALLS.len() - (problems.len() - found);
        println!("   {name}: {signs} signs, {good} of {} checks passed", 1 + CALLS.len());
    }
    sandbox.stop()?;

    let passed = passed_unless(&problems)?;
    if missing.is_empty() {
        return Ok(passed);
    }
    let missing =
        missing.iter().map(|Language { name, packages, .. }| format!("{name} (Debian: {packages})"));
    Ok(Outcome::LeftOut(format!("not installed: {}", missing.collect::<Vec<_>>().join(", "))))
}

/// The words are told apart before `OUT` is filled in: a folder's name may hold blanks.
fn command<'a>(tools: &'a Tools, line: &str, out: &str) -> Cmd<'a> {
    let mut words = line.split_whitespace().map(|word| word.replace("OUT", out));
    let program = words.next().unwrap_or_default();
    tools.command(&program).args(words)
}

/// Signs that a signer must make; the file's other list has no `raw`.
fn count_of_signs(vectors: &str) -> usize {
    vectors.lines().filter(|line| line.starts_with("{\"name\"") && line.contains("\"raw\":")).count()
}

fn wrong_signs(tools: &Tools, language: &Language, out: &str, signs: usize) -> Result<Option<String>> {
    let command = command(tools, language.run, out).args(["vectors", VECTORS]);
    let output = command.quiet().ignore_status().output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    let right = output.status.success() && said.starts_with(&format!("{signs} passed, 0 failed"));
    Ok((!right).then(|| format!("vectors: {said}{}", String::from_utf8_lossy(&output.stderr))))
}

fn wrong_call(
    tools: &Tools,
    language: &Language,
    out: &str,
    sandbox: &Sandbox,
    call: &Call,
) -> Result<Option<String>> {
    let secret = call.secret.unwrap_or(&sandbox.secret);
    let command = command(tools, language.run, out).args(["token", &sandbox.url, call.liveness_id]);
    let command =
        command.args(call.uuid).env("FACEID_API_KEY", &sandbox.key).env("FACEID_API_SECRET", secret);
    // For the arguments, which some runtimes read by the locale.
    let output = command.env("LC_ALL", "C.UTF-8").quiet().ignore_status().output()?;
    let [stdout, stderr] =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    let problem = problem_of(output.status.code(), &stdout, &stderr, call.error);
    if stdout.contains(secret) || stderr.contains(secret) {
        return Ok(Some("it prints the secret".to_owned()));
    }
    Ok(problem.map(|problem| format!("{problem}: {stdout}{stderr}")))
}

fn problem_of(code: Option<i32>, stdout: &str, stderr: &str, error: Option<&str>) -> Option<String> {
    let is_a_line = |text: &str| text.lines().count() == 1 && !text.trim().is_empty();
    let (wanted, right) = match error {
        None => (0, is_a_line(stdout) && stderr.is_empty()),
        Some(error) => (4, is_a_line(stderr) && stderr.contains(error) && stdout.is_empty()),
    };
    match (code == Some(wanted), right) {
        (true, true) => None,
        (false, _) => Some(format!("ended with {code:?}, not {wanted}")),
        (true, false) => Some(format!("said other than {}", error.unwrap_or("a token alone"))),
    }
}

#[cfg(test)]
mod tests {
    use super::{count_of_signs, problem_of};

    #[test]
    fn signs() {
        let vectors = "{\n\"sign\": [\n{\"name\":\"a\",\"raw\":\"\"},\n{\"name\":\"b\",\"raw\":\"\"}\n],\n\"refused\": [\n{\"name\":\"c\"}\n]\n}\n";
        assert_eq!(count_of_signs(vectors), 2);
    }

    #[test]
    fn ends_of_a_call() {
        let cases = [
            (Some(0), "token\n", "", None, true),
            (Some(0), "token\n", "warning\n", None, false),
            (Some(0), "\n", "", None, false),
            (Some(0), "token\ntoken\n", "", None, false),
            (Some(4), "token\n", "", None, false),
            (None, "token\n", "", None, false),
            (Some(4), "", "faceid: CODE\n", Some("CODE"), true),
            (Some(4), "", "faceid: OTHER\n", Some("CODE"), false),
            (Some(4), "", "faceid: CODE\n  at line 1\n", Some("CODE"), false),
            (Some(4), "token\n", "faceid: CODE\n", Some("CODE"), false),
            (Some(1), "", "faceid: CODE\n", Some("CODE"), false),
        ];
        for (code, stdout, stderr, error, right) in cases {
            let problem = problem_of(code, stdout, stderr, error);
            assert_eq!(problem.is_none(), right, "{code:?} {stdout:?} {stderr:?} {error:?}: {problem:?}");
        }
    }
}
