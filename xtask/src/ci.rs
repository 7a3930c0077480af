//! `cargo xtask ci`: what a change must pass. Each step can be run alone.

mod apart;
mod cargo;
mod counts;
mod embed;
mod examples;
mod features;
mod graph;
mod native;
mod node;
mod program;
mod python;
mod readme;
mod rough;
mod sandbox;
mod style;
mod vectors;

use std::{env, time::Instant};

use crate::{Result, tools::Tools};

type Run = fn(&Tools) -> Result<Outcome>;

struct Step {
    name: &'static str,
    run: Run,
}

const fn step(name: &'static str, run: Run) -> Step {
    Step { name, run }
}

/// How a step that found nothing wrong ended.
enum Outcome {
    Passed,
    /// It, or a part of it, could not run, for this reason. Failure where CI=true.
    LeftOut(String),
}

/// In the order of a run.
const STEPS: [Step; 22] = [
    step("fmt", cargo::fmt),
    step("clippy", cargo::clippy),
    step("codegen", codegen),
    step("test", cargo::test),
    step("features", features::run),
    step("docs", cargo::docs),
    step("examples", examples::run),
    step("no-std", apart::no_std),
    step("everything-on", apart::everything_on),
    step("interleavings", apart::interleavings),
    step("vectors", vectors::run),
    step("native", native::run),
    step("embed", embed::run),
    step("node", node::run),
    step("python", python::run),
    step("program", program::run),
    step("counts", counts::run),
    step("packages", packages),
    step("fuzz", fuzz),
    step("deny", deny),
    step("graph", graph::run),
    step("style", style::run),
];

/// The crates that are published. Steps that go through the workspace look for each by name, so that one
/// that went missing is a failure and not one crate less to check.
pub(crate) const PUBLISHED: [&str; 8] = [
    "faceid-sign",
    "faceid-types",
    "faceid-net",
    "faceid-async",
    "faceid-blocking",
    "faceid-sandbox",
    "faceid-capi",
    "faceid-cli",
];

/// What is in git and made from other files must be up to date.
fn codegen(tools: &Tools) -> Result<Outcome> {
    crate::codegen::run(tools, true)?;
    Ok(Outcome::Passed)
}

/// What would be in each `.crate`.
fn packages(tools: &Tools) -> Result<Outcome> {
    passed_unless(&crate::release::packages(tools)?)
}

/// A pass of each target that is long enough to find again what was found before.
fn fuzz(tools: &Tools) -> Result<Outcome> {
    // libFuzzer is built from its source.
    if !tools.has("c++") {
        return Ok(Outcome::LeftOut("not installed: c++ (Debian: g++)".to_owned()));
    }
    crate::fuzz::run(tools, &[], crate::fuzz::Extent::Seconds(20))?;
    Ok(Outcome::Passed)
}

/// What we depend on, and that the text of each licence can be shipped. The advisories' database is not part of a change: that it cannot be had is said, and is no failure.
fn deny(tools: &Tools) -> Result<Outcome> {
    crate::dist::licences(tools, None)?;
    if let crate::deny::Advisories::NotChecked(reason) = crate::deny::run()? {
        println!("   advisories: NOT CHECKED: {reason}");
    }
    Ok(Outcome::Passed)
}

pub(crate) fn step_names() -> impl Iterator<Item = &'static str> {
    STEPS.iter().map(|step| step.name)
}

/// Runs every step, or the one named.
pub(crate) fn run(only: Option<&str>) -> Result {
    let steps = selected(only)?;
    let strict = is_strict();
    let tools = Tools::new()?;
    let removed = tools.removed();
    if !removed.is_empty() {
        println!("ci: removed from the environment: {}", removed.join(", "));
    }

    let mut left_out = Vec::new();
    for &Step { name, run } in steps.iter().copied() {
        println!("ci: {name}");
        let started = Instant::now();
        let outcome = run(&tools);
        let seconds = started.elapsed().as_secs_f64();
        match outcome {
            Ok(Outcome::Passed) => println!("ci: {name} passed in {seconds:.1} s"),
            Ok(Outcome::LeftOut(reason)) => {
                println!("ci: {}", leave_out(strict, name, &reason)?);
                left_out.push(name);
            }
            Err(error) => {
                return Err(format!("{name} failed after {seconds:.1} s: {error}").into());
            }
        }
    }
    println!("{}", summary(steps.len(), &left_out));
    Ok(())
}

/// Runs a step for what it installs; why not, where it is left out.
pub(crate) fn install(step: &str) -> Result<Option<String>> {
    let tools = Tools::new()?;
    for Step { run, .. } in selected(Some(step))? {
        if let Outcome::LeftOut(reason) = run(&tools)? {
            return Ok(Some(reason));
        }
    }
    Ok(None)
}

/// What to say of a thing that cannot run here, or, where CI=true leaves nothing out, the failure.
pub(crate) fn leave_out(strict: bool, name: &str, reason: &str) -> Result<String> {
    if strict {
        return Err(format!("{name} cannot run, and CI=true leaves nothing out: {reason}").into());
    }
    Ok(format!("{name} left out: {reason}"))
}

pub(crate) fn is_strict() -> bool {
    env::var("CI").is_ok_and(|value| value == "true")
}

fn selected(only: Option<&str>) -> Result<Vec<&'static Step>> {
    let wanted = |step: &&Step| only.is_none_or(|name| name == step.name);
    let steps = STEPS.iter().filter(wanted).collect::<Vec<_>>();
    if steps.is_empty() {
        let names = step_names().collect::<Vec<_>>().join(", ");
        return Err(format!("ci has no step {}; the steps: {names}", only.unwrap_or_default()).into());
    }
    Ok(steps)
}

fn summary(steps: usize, left_out: &[&str]) -> String {
    let passed = steps - left_out.len();
    let plural = if passed == 1 { "" } else { "s" };
    if left_out.is_empty() {
        format!("ci: {passed} step{plural} passed")
    } else {
        format!("ci: {passed} step{plural} passed, left out: {}", left_out.join(", "))
    }
}

/// Fails with all of `problems`, so that one run shows everything a step has against a change.
fn passed_unless(problems: &[String]) -> Result<Outcome> {
    match problems {
        [] => Ok(Outcome::Passed),
        _ => Err(problems.join("\n  ").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::{STEPS, leave_out, selected, summary};

    #[test]
    fn selection() {
        let cases = [(None, STEPS.len()), (Some("fmt"), 1), (Some("no-std"), 1), (Some("nonsense"), 0)];
        for (only, count) in cases {
            assert_eq!(selected(only).map_or(0, |steps| steps.len()), count, "{only:?}");
        }
    }

    #[test]
    fn what_cannot_run() {
        let cases = [
            (false, Ok("embed left out: no php")),
            (true, Err("embed cannot run, and CI=true leaves nothing out: no php")),
        ];
        for (strict, expected) in cases {
            let told = leave_out(strict, "embed", "no php").map_err(|error| error.to_string());
            assert_eq!(told.as_deref().map_err(String::as_str), expected);
        }
    }

    #[test]
    fn last_line() {
        let cases: [(usize, &[&str], &str); 3] = [
            (10, &[], "ci: 10 steps passed"),
            (1, &[], "ci: 1 step passed"),
            (10, &["vectors"], "ci: 9 steps passed, left out: vectors"),
        ];
        for (steps, left_out, line) in cases {
            assert_eq!(summary(steps, left_out), line);
        }
    }
}
