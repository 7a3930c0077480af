//! The command line.

use clap::{Args as Group, Parser, Subcommand, ValueEnum};

use crate::commands;
use crate::speech::Lang;

/// What ends the help: the public table of exit codes, and where settings come from.
const AFTER_HELP: &str = "\
Exit codes:
  0    done
  1    other: a sign that does not verify, an answer that does not read
  2    usage
  3    configuration or credentials
  4    the service refused
  5    network or time-out
  6    concurrency limit after retries
  130  interrupted

Settings come from a flag, else the environment (FACEID_REGION for --region), else
the profile file (~/.config/faceid/config.toml), else a default; `faceid config
show --origin` tells which. The api_secret comes by FACEID_API_SECRET,
FACEID_API_SECRET_FILE, --api-secret-file or a prompt, never as an argument.";

/// Megvii FaceID at hand: a biz_token, a sign, the reason why one is refused, and a sandbox.
#[derive(Parser)]
#[command(name = "faceid", version, after_help = AFTER_HELP, disable_help_subcommand = true)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) talk: Talk,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Where the help lists [`Talk`].
const TALK: &str = "Options of each command";

/// How the program speaks; the same for each command.
#[derive(Group)]
pub(crate) struct Talk {
    /// How data is written to stdout, and an error to stderr
    #[arg(long, global = true, help_heading = TALK, value_enum, value_name = "FORMAT", default_value_t)]
    pub(crate) output: Output,
    /// The language of what is said [default: by LC_ALL, LC_MESSAGES, LANG]
    #[arg(long, global = true, help_heading = TALK, value_enum)]
    pub(crate) lang: Option<Lang>,
    /// Say nothing but errors
    #[arg(long, short, global = true, help_heading = TALK, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Say more; twice for still more. Nothing secret is shown
    #[arg(long, short, global = true, help_heading = TALK, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// The table of the profile file to take settings from [default: FACEID_PROFILE, else default]
    #[arg(long, global = true, help_heading = TALK, value_name = "NAME")]
    pub(crate) profile: Option<String>,
}

/// The form of data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// For people, and for $(..)
    #[default]
    Text,
    /// One object a line
    Json,
    /// NAME=value, for eval
    Env,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Get a biz_token
    Token(commands::token::TokenArgs),
    /// Make a sign
    Sign(commands::sign::SignArgs),
    /// Read a sign, verify it, and name the slip behind one that is refused
    Inspect(commands::inspect::InspectArgs),
    /// Look at credentials, address, network, TLS and clock, with one line of advice for each failure
    Doctor(commands::doctor::DoctorArgs),
    /// Run the service as its vendor documents it, on this machine
    #[cfg(feature = "sandbox")]
    Sandbox(Box<commands::sandbox::SandboxArgs>),
    /// Show the settings
    Config(commands::config::ConfigArgs),
    /// Print the completions of a shell
    Completions(commands::completions::CompletionsArgs),
    /// Print the manual page, or write the page of each command into a folder
    Man(commands::man::ManArgs),
    /// Print the test vectors of the signature, for signers in other languages
    Vectors,
}
