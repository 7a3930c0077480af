//! The code of a package's README, run as a reader would run it: in one shell, from the line that installs to a
//! `biz_token` of the sandbox, in each language that the README is written in.

use std::{ffi::OsStr, fs, path::Path};

use serde_json::Value;

use crate::{Result, tools::Tools};

pub(super) struct Readme<'a> {
    pub(super) krate: &'a str,
    /// What its first block begins with.
    pub(super) install: &'a str,
    /// What only a user has, as it stands in the README, and what this machine has instead.
    pub(super) stand_ins: &'a [(&'a str, &'a str)],
    pub(super) environment: &'a [(&'a str, &'a OsStr)],
}

impl Readme<'_> {
    /// In `folder`, emptied before: the Chinese part runs the programs that the English one shows. Gives what all print.
    pub(super) fn run(&self, tools: &Tools, folder: &Path) -> Result<String> {
        let name = format!("{}/README.md", self.krate);
        let text = fs::read_to_string(tools.path(&name))?;
        if let Some((missing, _)) = self.stand_ins.iter().find(|(theirs, _)| !text.contains(theirs)) {
            return Err(format!("{name} lacks {missing}").into());
        }
        let (english, chinese) = text.split_once("\n## 中文\n").ok_or("no part in Chinese")?;
        let _ = fs::remove_dir_all(folder);
        fs::create_dir_all(folder)?;
        let mut all = String::new();
        for (language, part) in [("en", english), ("zh", chinese)] {
            let begins = part.find("```").map_or("", |first| &part[first..]);
            if !begins.starts_with(&format!("```sh\n{}", self.install)) {
                return Err(format!("{name}, {language}: does not start with {}", self.install).into());
            }
            let mut script = script(part);
            for (theirs, ours) in self.stand_ins {
                script = script.replace(theirs, ours);
            }
            let shell = tools.command("sh -eu -c").arg(format!("cd \"$FOLDER\"\n{script}")).quiet();
            let shell = shell.env("FOLDER", folder).env("ROOT", tools.path(""));
            let said = shell.envs(self.environment.iter().copied()).read()?;
            if !ends_in_a_token(&said) {
                return Err(format!("{name}, {language}: does not end in a biz_token: {said}").into());
            }
            all += &said;
        }
        println!("   README: a biz_token, in English and in Chinese");
        Ok(all)
    }
}

/// Lines for a shell, and programs for it to write down and run. What is in other languages is not for running.
fn script(part: &str) -> String {
    let fenced = part.split("\n```").skip(1).step_by(2).filter_map(|block| block.split_once('\n'));
    let steps = fenced.map(|(language, text)| {
        let (file, run) = match language {
            "sh" => return format!("{text}\n"),
            // Built by a later line.
            "c" => ("program.c", ":"),
            "js" => ("program.cjs", "node"),
            "python" => ("program.py", "python -W error"),
            _ => return String::new(),
        };
        let file = file_name(text).unwrap_or(file);
        format!("cat > {file} <<'END OF {file}'\n{text}\nEND OF {file}\n{run} {file}\n")
    });
    steps.collect()
}

/// The comment that a program begins with, if it is a file's name.
fn file_name(program: &str) -> Option<&str> {
    let comment = program.lines().next()?.trim_matches(['/', '*', '#', ' ']);
    (comment.contains('.') && !comment.contains(' ')).then_some(comment)
}

/// Whether the last line is one, alone or in the service's answer.
fn ends_in_a_token(said: &str) -> bool {
    let line = said.lines().next_back().unwrap_or_default();
    let answer = serde_json::from_str::<Value>(line).ok();
    let token = answer.as_ref().and_then(|answer| answer["biz_token"].as_str()).unwrap_or(line);
    token.split_once(',').is_some_and(|(seconds, id)| seconds.parse::<u64>().is_ok() && id.len() == 36)
}

#[cfg(test)]
mod tests {
    use super::{ends_in_a_token, file_name, script};

    #[test]
    fn scripts() {
        let part = "\n```sh\na\nb\n```\n\ntext\n\n```text\nc\n```\n```js\n// token.mjs\nd()\n```\n";
        let js =
            "cat > token.mjs <<'END OF token.mjs'\n// token.mjs\nd()\nEND OF token.mjs\nnode token.mjs\n";
        assert_eq!(script(part), format!("a\nb\n{js}"));
    }

    #[test]
    fn file_names() {
        let cases = [
            ("/* app.c */\n\n#include <a.h>", Some("app.c")),
            ("# biz_token.py\nimport json", Some("biz_token.py")),
            ("# In a service.\nimport json", None),
            ("import json", None),
            ("", None),
        ];
        for (program, name) in cases {
            assert_eq!(file_name(program), name, "{program}");
        }
    }

    #[test]
    fn tokens() {
        let token = "1531397038,f0b9eea0-6a2d-486c-a1ba-42fdf843e8cc";
        let cases = [
            (token.to_owned(), true),
            (format!("ok tls\n{token}"), true),
            (format!("{{\"biz_token\":\"{token}\",\"time_used\":1}}"), true),
            (format!("{token}\nwarning"), false),
            (format!("{{\"other\":\"{token}\"}}"), false),
            ("undefined".to_owned(), false),
            (String::new(), false),
        ];
        for (said, right) in cases {
            assert_eq!(ends_in_a_token(&said), right, "{said}");
        }
    }
}
