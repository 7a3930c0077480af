//! The clients in other languages, which use nothing of ours: their signs, and their calls of the sandbox.

use std::{
    ffi::OsStr,
    fs,
    os::unix::ffi::OsStrExt,
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use xshell::Cmd;

use super::{
    Outcome, passed_unless,
    rough::{ANSWER, Answer, Rough},
    sandbox::Sandbox,
};
use crate::{Result, tools::Tools, workspace::Metadata};

const VECTORS: &str = "crates/faceid-sign/tests/vectors.json";

/// In each command, `OUT` stands for a folder of the language's own below the target folder.
struct Language {
    name: &'static str,
    /// Commands that fail where something is missing.
    probes: &'static [&'static str],
    /// What brings it on Debian.
    packages: &'static str,
    build: &'static [&'static str],
    run: &'static str,
    /// Calls its functions as each of `MISUSES` says, and prints a line with its name and the whole error. `KEPT_URL` is
    /// the address of `KEPT`.
    misuse: &'static str,
    /// The misuses that its types rule out, or that it has nothing against.
    allows: &'static [&'static str],
    /// What is said of a Chinese uuid in the locale C; none where it is sent as it stands.
    lost: Option<&'static str>,
    /// What is said where an interim answer comes first; none where it is passed over.
    interim: Option<&'static str>,
    /// How many vectors have times that its integers do not hold.
    beyond: usize,
}

const LANGUAGES: [Language; 7] = [
    Language {
        name: "python",
        probes: &["python3 --version"],
        packages: "python3",
        build: &[],
        run: "python3 examples/native/python/faceid.py",
        misuse: "env PYTHONPATH=examples/native/python python3 -B xtask/src/ci/native/misuse.py",
        allows: &["a uuid decoded wrongly"],
        lost: None,
        interim: None,
        beyond: 0,
    },
    Language {
        name: "php",
        probes: &["php -r exit((int)!extension_loaded('curl'));"],
        packages: "php-cli php-curl",
        build: &[],
        run: "php examples/native/php/faceid.php",
        misuse: "php xtask/src/ci/native/misuse.php",
        allows: &[
            "no key",
            "broken secret",
            "a uuid decoded wrongly",
            "false for a validity",
            "a time of 2^70",
        ],
        lost: None,
        interim: None,
        beyond: 10,
    },
    Language {
        name: "go",
        probes: &["go version"],
        packages: "golang-go",
        build: &[
            "go build -o OUT/faceid examples/native/go/faceid.go",
            // The files of a package stand in one folder.
            "cp examples/native/go/faceid.go xtask/src/ci/native/misuse.go OUT",
            "go build -o OUT/misuse OUT/faceid.go OUT/misuse.go",
        ],
        // `env`, as a program's own path may not hold blanks here.
        run: "env OUT/faceid",
        misuse: "env OUT/misuse",
        allows: &[
            "no key",
            "broken secret",
            "a uuid decoded wrongly",
            "false for a validity",
            "negative time",
            "a time of 2^70",
        ],
        lost: None,
        interim: None,
        beyond: 0,
    },
    Language {
        name: "java",
        probes: &["javac -version", "java -version"],
        packages: "default-jdk-headless",
        // In the locale that reads a file's other letters as errors, in the two ways that the README names.
        build: &[
            "env LC_ALL=C javac -Xlint:all -Werror -d OUT examples/native/java/FaceId.java \
             xtask/src/ci/native/Misuse.java",
            "env LC_ALL=C java examples/native/java/FaceId.java vectors crates/faceid-sign/tests/vectors.json",
        ],
        // Of a locale that has other digits.
        run: "java -Duser.language=ar -Duser.country=EG -cp OUT FaceId",
        misuse: "java -cp OUT Misuse",
        allows: &["false for a validity", "a time of 2^70"],
        lost: Some("uuid: broken text"),
        interim: None,
        beyond: 10,
    },
    Language {
        name: "node",
        probes: &["node --version"],
        packages: "nodejs",
        build: &[],
        run: "node examples/native/node/faceid.mjs",
        misuse: "node xtask/src/ci/native/misuse.mjs",
        allows: &[],
        lost: None,
        interim: None,
        beyond: 0,
    },
    Language {
        name: "ruby",
        probes: &["ruby --version"],
        packages: "ruby",
        build: &[],
        // With -w, as the misuses are run, Ruby warns of a number that no Float holds.
        run: "ruby -W:deprecated examples/native/ruby/faceid.rb",
        misuse: "ruby -w xtask/src/ci/native/misuse.rb",
        allows: &["broken secret", "a uuid decoded wrongly"],
        lost: None,
        interim: None,
        beyond: 0,
    },
    Language {
        name: "csharp",
        probes: &["mcs --version", "mono --version"],
        packages: "mono-mcs mono-runtime libmono-system-net-http4.0-cil \
                   libmono-system-runtime-serialization4.0-cil libmono-system-xml-linq4.0-cil",
        build: &[
            "mcs -warnaserror -out:OUT/faceid.exe -r:System.Net.Http -r:System.Runtime.Serialization -r:System.Xml \
             -r:System.Xml.Linq examples/native/csharp/FaceId.cs",
            "mcs -warnaserror -out:OUT/misuse.exe -r:OUT/faceid.exe xtask/src/ci/native/Misuse.cs",
        ],
        run: "mono OUT/faceid.exe",
        misuse: "mono OUT/misuse.exe",
        allows: &["false for a validity", "negative time", "a time of 2^70"],
        lost: None,
        interim: Some("NO_ERROR_CODE (HTTP 10"),
        beyond: 0,
    },
];

/// Stands in their secrets and uuids, and in no error.
const PRIVATE: &str = "tell-nobody";

/// What must not be signed or sent, and what the error of each holds. At the end, what must go well.
const MISUSES: [(&str, &str); 14] = [
    ("no key", "api_key: empty"),
    ("no scene", "liveness_id: empty"),
    // Half a character, or bytes that are no UTF-8.
    ("broken secret", "api_secret: broken text"),
    ("broken scene", "liveness_id: broken text"),
    ("broken uuid", "uuid: broken text"),
    ("a uuid decoded wrongly", "uuid: broken text"),
    ("false for a validity", "validity: negative"),
    // An unsigned integer makes a large one of it.
    ("negative validity", "validity: "),
    ("negative time", "validity: negative"),
    ("a time of 2^70", "too large"),
    ("an expiry too late", "too large"),
    ("milliseconds", "in milliseconds"),
    ("http beyond this machine", "https is required"),
    ("two calls", "no error: "),
];

/// A call fails that comes by the connection of the one before.
const KEPT: Answer = Answer { body: br#"{"biz_token":"one"}"#, keeps: true, ..ANSWER };

impl Language {
    /// What the error line of a call holds here.
    fn error(&self, call: &Call) -> Option<&'static str> {
        if call.locale == "C" {
            return self.lost;
        }
        if call.answer.is_some_and(|answer| !answer.before.is_empty()) {
            return self.interim;
        }
        if call.secret == Some(BYTES) && self.allows.contains(&"broken secret") {
            return Some("AUTHORIZATION_ERROR INVALID_SIGN");
        }
        call.error
    }
}

/// No UTF-8: where a text may hold them, they are a secret.
const BYTES: &[u8] = b"another\xFFsecret\xFF";

/// Their 15 seconds, and what a busy machine takes to start one.
const LONGEST: Duration = Duration::from_secs(20);

/// One use of the command `token`.
struct Call {
    liveness_id: &'static str,
    uuid: Option<&'static str>,
    /// In place of the right one.
    secret: Option<&'static [u8]>,
    locale: &'static str,
    /// By which the sandbox is called.
    host: &'static str,
    /// In place of the sandbox's.
    answer: Option<Answer>,
    /// What the error line holds; none where a token is wanted.
    error: Option<&'static str>,
}

/// Some runtimes read their arguments by the locale.
const CALL: Call = Call {
    liveness_id: "any-scene",
    uuid: None,
    secret: None,
    locale: "C.UTF-8",
    host: "127.0.0.1",
    answer: None,
    error: None,
};

/// A request id of the sandbox begins with its seconds: with a 1, until 2033.
const CALLS: [Call; 39] = [
    CALL,
    Call { host: "LOCALHOST", ..CALL },
    Call { uuid: Some("用户-1"), ..CALL },
    Call {
        uuid: Some("用户-1"),
        locale: "C",
        answer: Some(Answer { request: "\r\n\r\n用户-1\r\n", body: br#"{"biz_token":"one"}"#, ..ANSWER }),
        ..CALL
    },
    Call { liveness_id: "", uuid: Some("u"), error: Some("liveness_id: empty"), ..CALL },
    Call { secret: Some(b"another-secret\n"), error: Some("api_secret: "), ..CALL },
    Call { secret: Some(b"\xEF\xBB\xBFanother-secret"), error: Some("api_secret: "), ..CALL },
    Call { secret: Some(b"another-secret\xEF\xBB\xBF"), error: Some("api_secret: "), ..CALL },
    Call { uuid: Some(""), error: Some("uuid: empty"), ..CALL },
    Call {
        secret: Some(b"another-secret"),
        error: Some("AUTHORIZATION_ERROR INVALID_SIGN (HTTP 403, request_id 1"),
        ..CALL
    },
    Call {
        liveness_id: "sandbox:CONCURRENCY_LIMIT_EXCEEDED",
        error: Some("CONCURRENCY_LIMIT_EXCEEDED (HTTP 403, request_id 1"),
        ..CALL
    },
    Call { liveness_id: "sandbox:html502", error: Some("NO_ERROR_CODE (HTTP 502, request_id none)"), ..CALL },
    Call { liveness_id: "sandbox:reset", error: Some("faceid: "), ..CALL },
    // A byte that is no UTF-8, beside the error.
    Call {
        answer: Some(Answer {
            status: 403,
            body: b"{\"request_id\":\"1\",\"error_message\":\"CONCURRENCY_LIMIT_EXCEEDED\",\"x\":\"\xFF\"}",
            ..ANSWER
        }),
        error: Some("CONCURRENCY_LIMIT_EXCEEDED (HTTP 403, request_id 1)"),
        ..CALL
    },
    Call {
        answer: Some(Answer { body: br#"{"biz_token":"a","error":0}"#, ..ANSWER }),
        error: Some("0 (HTTP 200, request_id none)"),
        ..CALL
    },
    Call {
        answer: Some(Answer { body: br#"{"biz_token":"a","error":"","error_message":false}"#, ..ANSWER }),
        error: Some("FALSE (HTTP 200, request_id none)"),
        ..CALL
    },
    // Some read it as infinity, which they cannot write.
    Call {
        answer: Some(Answer { status: 403, body: br#"{"error":1e999,"request_id":"1"}"#, ..ANSWER }),
        error: Some("(HTTP 403, request_id 1)"),
        ..CALL
    },
    Call {
        answer: Some(Answer { body: br#"{"error":1e999,"biz_token":"one","request_id":"1"}"#, ..ANSWER }),
        error: Some("(HTTP 200, request_id 1)"),
        ..CALL
    },
    Call {
        answer: Some(Answer {
            status: 403,
            body: br#"{"error":"AUTHORIZATION_ERROR","request_id":{"toString":1}}"#,
            ..ANSWER
        }),
        error: Some("AUTHORIZATION_ERROR (HTTP 403, request_id none)"),
        ..CALL
    },
    Call { answer: Some(Answer { body: br#"{"biz_token":"one","error":null}"#, ..ANSWER }), ..CALL },
    Call {
        answer: Some(Answer { body: b"\xEF\xBB\xBF{\"biz_token\":\"one\"}", ..ANSWER }),
        error: Some("NO_ERROR_CODE (HTTP 200, request_id none)"),
        ..CALL
    },
    Call {
        answer: Some(Answer { body: br#"{"Biz_Token":"one"}"#, ..ANSWER }),
        error: Some("NO_ERROR_CODE (HTTP 200, request_id none)"),
        ..CALL
    },
    Call {
        answer: Some(Answer { body: br#"{"biz_token":"one"} two"#, blanks: 1, ..ANSWER }),
        error: Some("NO_ERROR_CODE (HTTP 200, request_id none)"),
        ..CALL
    },
    // What would set a terminal's title and colour.
    Call {
        answer: Some(Answer {
            status: 400,
            body: br#"{"error_message":"BAD_ARGUMENTS: \u001b]0;x\u0007\u009b31mred\nsecond"}"#,
            ..ANSWER
        }),
        error: Some("BAD_ARGUMENTS ]0;x 31mred second (HTTP 400, request_id none)"),
        ..CALL
    },
    Call {
        answer: Some(Answer { body: br#"{"request_id":"1","biz_token":"one\ntwo"}"#, ..ANSWER }),
        error: Some("NO_ERROR_CODE (HTTP 200, request_id 1)"),
        ..CALL
    },
    Call {
        // Some read nothing of such an answer.
        answer: Some(Answer { body: br#"{"biz_token":"one\ud800"}"#, ..ANSWER }),
        error: Some("NO_ERROR_CODE (HTTP 200, request_id none)"),
        ..CALL
    },
    Call {
        answer: Some(Answer { body: b"{\"request_id\":\"1\",\"biz_token\":\"one\xFF\"}", ..ANSWER }),
        error: Some("NO_ERROR_CODE (HTTP 200, request_id 1)"),
        ..CALL
    },
    Call {
        answer: Some(Answer {
            status: 403,
            body: br#"{"error_message":"TOO_LONG"}"#,
            blanks: 256 * 1024,
            ..ANSWER
        }),
        error: Some("262144"),
        ..CALL
    },
    Call { secret: Some(BYTES), error: Some(": broken text"), ..CALL },
    Call { answer: Some(Answer { before: CONTINUE, body: br#"{"biz_token":"one"}"#, ..ANSWER }), ..CALL },
    Call { answer: Some(Answer { before: EARLY_HINTS, body: br#"{"biz_token":"one"}"#, ..ANSWER }), ..CALL },
    // The last one counts.
    Call {
        answer: Some(Answer { body: br#"{"error":"","error":"FIRST","biz_token":"one"}"#, ..ANSWER }),
        error: Some("FIRST (HTTP 200, request_id none)"),
        ..CALL
    },
    Call {
        answer: Some(Answer { body: br#"{"biz_token":"one","other":{"a":"}"}"#, ..ANSWER }),
        error: Some("NO_ERROR_CODE (HTTP 200, request_id none)"),
        ..CALL
    },
    Call {
        answer: Some(Answer { body: br#"{"biz_token":"one"}}"#, ..ANSWER }),
        error: Some("NO_ERROR_CODE (HTTP 200, request_id none)"),
        ..CALL
    },
    Call {
        answer: Some(Answer { body: br#"{"biz_token":"one","other":[{"a":"[\"[{\\"},"]"]}"#, ..ANSWER }),
        ..CALL
    },
    Call {
        answer: Some(Answer { body: &NESTED, ..ANSWER }),
        error: Some("NO_ERROR_CODE (HTTP 200, request_id none)"),
        ..CALL
    },
    Call {
        answer: Some(Answer { body: &NESTED_ERROR, ..ANSWER }),
        error: Some("(HTTP 200, request_id none)"),
        ..CALL
    },
    Call {
        answer: Some(Answer { status: 403, body: br#"{"error":"authorization_errorDenied"}"#, ..ANSWER }),
        error: Some("AUTHORIZATION_ERROR Denied (HTTP 403, request_id none)"),
        ..CALL
    },
    Call {
        answer: Some(Answer { status: 400, body: br#"{"error":"BAD_ARGUMENTS_2"}"#, ..ANSWER }),
        error: Some("BAD_ARGUMENTS_2 (HTTP 400, request_id none)"),
        ..CALL
    },
];

const CONTINUE: &str = "HTTP/1.1 100 Continue\r\n\r\n";
const EARLY_HINTS: &str = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";

/// Arrays in arrays, as many as an answer may hold.
static NESTED: [u8; 200_000] = nested(b"", b"");
/// Not all of them read it, and not all that do can write it.
static NESTED_ERROR: [u8; 10_028] = nested(br#"{"biz_token":"one","error":"#, b"}");

const fn nested<const N: usize>(before: &[u8], after: &[u8]) -> [u8; N] {
    let mut text = [b'['; N];
    let end = N - after.len();
    let middle = end - (end - before.len()) / 2;
    let mut at = 0;
    while at < N {
        if at < before.len() {
            text[at] = before[at];
        } else if at >= end {
            text[at] = after[at - end];
        } else if at >= middle {
            text[at] = b']';
        }
        at += 1;
    }
    text
}

/// Without a time-out of its own a client waits, and prints a token.
const LATE: Call = Call { liveness_id: "sandbox:delay=60s", error: Some("faceid: "), ..CALL };

pub(super) fn run(tools: &Tools) -> Result<Outcome> {
    let out = Metadata::of_members(tools)?.target_directory.join("native");
    let vectors = count_of_signs(&fs::read_to_string(tools.path(VECTORS))?);
    let (present, missing): (Vec<_>, Vec<_>) =
        LANGUAGES.iter().partition(|language| language.probes.iter().all(|probe| tools.succeeds(probe)));

    let sandbox = Sandbox::start(tools)?;
    let rough = Rough::start(CALLS.iter().filter_map(|call| call.answer).collect())?;
    let kept = Rough::start(vec![KEPT])?;
    let mut problems = Vec::new();
    let mut late = Vec::new();
    for language in present {
        let name = language.name;
        let out = out.join(name);
        fs::create_dir_all(&out)?;
        let out = out.to_str().ok_or("the target folder's name is not UTF-8")?;
        for build in language.build {
            command(tools, build, out).quiet().ignore_stdout().run()?;
        }
        // In the background until the end: they last as long as a client waits.
        let mut client: Command = token(tools, language, out, &sandbox, &sandbox.url, &LATE).into();
        late.push((name, client.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?));

        let found = problems.len();
        let signs = vectors - language.beyond;
        problems
            .extend(wrong_signs(tools, language, out, signs)?.map(|problem| format!("{name}: {problem}")));
        let mut answers = 0..;
        for (at, call) in CALLS.iter().enumerate() {
            let url = call.answer.and_then(|_| Some(rough.url(answers.next()?)));
            let url = url.unwrap_or_else(|| sandbox.url.replace(CALL.host, call.host));
            let command = token(tools, language, out, &sandbox, &url, call);
            let error = language.error(call);
            let began = Instant::now();
            let problem = wrong_end(&command.quiet().ignore_status().output()?, &sandbox, call, error);
            let lasted = began.elapsed();
            let problem = problem.or_else(|| (lasted > LONGEST).then(|| format!("it lasted {lasted:?}")));
            problems.extend(problem.map(|problem| format!("{name}, call {at}: {problem}")));
        }
        let output = command(tools, language.misuse, out).env("KEPT_URL", kept.url(0)).quiet().output()?;
        let [said, warned] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
        problems.extend((!warned.is_empty()).then(|| format!("{name}, misuse: it says {warned}")));
        problems
            .extend(wrong_errors(&said, language.allows).map(|problem| format!("{name}, misuse: {problem}")));
        let checks = 1 + CALLS.len() + MISUSES.len() - language.allows.len();
        let good = checks - (problems.len() - found);
        println!("   {name}: {signs} signs, {good} of {checks} checks passed");
    }
    for (name, child) in late {
        let problem = wrong_end(&child.wait_with_output()?, &sandbox, &LATE, LATE.error);
        problems.extend(problem.map(|problem| format!("{name}, a late answer: {problem}")));
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

fn token<'a>(
    tools: &'a Tools,
    language: &Language,
    out: &str,
    sandbox: &Sandbox,
    url: &str,
    call: &Call,
) -> Cmd<'a> {
    let secret = OsStr::from_bytes(call.secret.unwrap_or(sandbox.secret.as_bytes()));
    let command = command(tools, language.run, out).args(["token", url, call.liveness_id]).args(call.uuid);
    let command = command.env("FACEID_API_KEY", &sandbox.key).env("FACEID_API_SECRET", secret);
    // Where nobody listens: over plain http a proxy would see the sign.
    let proxies = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];
    let command = proxies.iter().fold(command, |command, name| command.env(name, "http://127.0.0.1:9"));
    command.env("LC_ALL", call.locale)
}

/// Of the misuses, those whose line is missing, says something else, or gives something away.
fn wrong_errors(said: &str, allows: &[&str]) -> impl Iterator<Item = String> {
    MISUSES.into_iter().filter_map(move |(name, error)| {
        let line = said.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        let right = match line {
            None => allows.contains(&name),
            Some(line) => !allows.contains(&name) && line.contains(error) && !line.contains(PRIVATE),
        };
        (!right).then(|| format!("{name}, not \"{error}\" alone: {}", line.unwrap_or("no line")))
    })
}

fn wrong_end(output: &Output, sandbox: &Sandbox, call: &Call, error: Option<&str>) -> Option<String> {
    let [stdout, stderr] =
        [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned());
    let secret = String::from_utf8_lossy(call.secret.unwrap_or(sandbox.secret.as_bytes()));
    if [&stdout, &stderr].iter().any(|said| said.contains(secret.trim())) {
        return Some("it prints the secret".to_owned());
    }
    let problem = problem_of(output.status.code(), &stdout, &stderr, error)?;
    Some(format!("{problem}: {stdout}{stderr}"))
}

fn problem_of(code: Option<i32>, stdout: &str, stderr: &str, error: Option<&str>) -> Option<String> {
    let is_a_line = |text: &str| {
        let line = text.trim_end();
        !line.is_empty() && !line.contains(char::is_control)
    };
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
    use super::{MISUSES, count_of_signs, problem_of, wrong_errors};

    #[test]
    fn signs() {
        let vectors = "{\n\"sign\": [\n{\"name\":\"a\",\"raw\":\"\"},\n{\"name\":\"b\",\"raw\":\"\"}\n],\n\"refused\": [\n{\"name\":\"c\"}\n]\n}\n";
        assert_eq!(count_of_signs(vectors), 2);
    }

    #[test]
    fn errors_of_misuses() {
        let all = MISUSES.map(|(name, error)| format!("{name}: Error: {error}\n")).concat();
        let line = "no key: Error: api_key: empty\n";
        let cases: [(String, &[&str], usize); 6] = [
            (all.clone(), &[], 0),
            (all.replace(line, ""), &["no key"], 0),
            (all.replace(line, ""), &[], 1),
            (all.clone(), &["no key"], 1),
            (all.replace("api_key: empty", "tell-nobody, api_key: empty"), &[], 1),
            (all.replace("in milliseconds", "no error"), &[], 1),
        ];
        for (said, allows, problems) in cases {
            assert_eq!(wrong_errors(&said, allows).count(), problems, "{allows:?}: {said}");
        }
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
            (Some(4), "", "faceid: \x1B[31mCODE\n", Some("CODE"), false),
            (Some(4), "token\n", "faceid: CODE\n", Some("CODE"), false),
            (Some(1), "", "faceid: CODE\n", Some("CODE"), false),
        ];
        for (code, stdout, stderr, error, right) in cases {
            let problem = problem_of(code, stdout, stderr, error);
            assert_eq!(problem.is_none(), right, "{code:?} {stdout:?} {stderr:?} {error:?}: {problem:?}");
        }
    }
}
