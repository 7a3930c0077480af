//! `faceid config show`: which settings count, and where each came from.

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use crate::console::{Console, Report};
use crate::failure::Failure;
use crate::settings::flags::{KeyFlags, PatienceFlags, PlaceFlags, SceneFlags, ValidityFlags};
use crate::settings::{Found, Name, Origin, Settings};
use crate::speech::printable;

#[derive(Args)]
pub(crate) struct ConfigArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Show each setting that has a value; a secret shows as (set)
    Show(ShowArgs),
}

#[derive(Args)]
struct ShowArgs {
    /// And where it came from; with env as FACEID_.._ORIGIN
    #[arg(long)]
    origin: bool,
    #[command(flatten)]
    scene: SceneFlags,
    #[command(flatten)]
    place: PlaceFlags,
    #[command(flatten)]
    key: KeyFlags,
    #[command(flatten)]
    validity: ValidityFlags,
    #[command(flatten)]
    patience: PatienceFlags,
}

pub(crate) fn run(console: &Console, args: &ConfigArgs, profile: Option<&str>) -> Result<(), Failure> {
    let Action::Show(args) = &args.action;
    let flags = [
        args.scene.given(),
        args.place.given(),
        args.key.given(),
        args.validity.given(),
        args.patience.given(),
    ];
    let settings = Settings::load(flags.concat(), profile)?;
    let mut lines = Vec::new();
    let mut json = Map::new();
    let mut env = Vec::new();
    for name in Name::ALL {
        let Some(found) = settings.find(name)? else { continue };
        // The value of a secret leaves by no way at all.
        let shown = found.shown()?;
        let value = shown.unwrap_or("(set)");
        let text = printable(value);
        if let Some(value) = shown {
            env.push((name.variable(), value.to_owned()));
        }
        let (line, entry) = if args.origin {
            let origin = console.say(&settings.origin(&found));
            let entry = entry(value, &settings, &found);
            env.push((format!("{}_ORIGIN", name.variable()), origin_name(found.origin).to_owned()));
            (format!("{} = {text}  # {origin}", name.key()), entry)
        } else {
            (format!("{} = {text}", name.key()), value.into())
        };
        lines.push(line);
        json.insert(name.key().to_owned(), entry);
    }
    console.report(&Report { text: lines.join("\n"), json: Value::Object(json), env })
}

/// A value, of which kind its origin is, and which one of the kind.
fn entry(value: &str, settings: &Settings, found: &Found) -> Value {
    let mut entry = json!({ "value": value, "origin": origin_name(found.origin) });
    match (found.origin, settings.profile()) {
        (Origin::Flag, _) => entry["name"] = found.name.flag().into(),
        (Origin::Environment, _) => entry["name"] = found.name.variable().into(),
        (Origin::Profile, Some(profile)) => {
            entry["name"] = (&*profile.name).into();
            entry["file"] = profile.file.display().to_string().into();
        }
        _ => {}
    }
    entry
}

const fn origin_name(origin: Origin) -> &'static str {
    match origin {
        Origin::Flag => "flag",
        Origin::Environment => "environment",
        Origin::Profile => "profile",
        Origin::Default => "default",
        Origin::Prompt => "prompt",
    }
}
