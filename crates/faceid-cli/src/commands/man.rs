//! `faceid man`: the manual.

use std::path::{Path, PathBuf};
use std::{fs, io};

use clap::{Args as Group, CommandFactory as _};
use clap_mangen::Man;
use serde_json::json;

use crate::args::Args;
use crate::console::{Console, Report};
use crate::failure::{Failure, Kind};
use crate::speech::Say;

#[derive(Group)]
pub(crate) struct ManArgs {
    /// A folder to write faceid.1, faceid-token.1 and so on into
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

pub(crate) fn run(console: &Console, args: &ManArgs) -> Result<(), Failure> {
    let Some(folder) = &args.folder else {
        let mut page = Vec::new();
        Man::new(Args::command()).render(&mut page).map_err(|error| refused(Path::new("-"), &error))?;
        let page = String::from_utf8_lossy(&page).into_owned();
        return console.report(&Report {
            json: json!({ "page": page }),
            env: vec![("FACEID_MAN".to_owned(), page.clone())],
            text: page,
        });
    };
    fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(Args::command(), folder))
        .map_err(|error| refused(folder, &error))?;
    let folder = folder.display().to_string();
    console.note(&Say::ManWritten.with([folder.clone().into()]));
    console.report(&Report {
        text: String::new(),
        json: json!({ "folder": folder }),
        env: vec![("FACEID_MAN".to_owned(), folder)],
    })
}

fn refused(folder: &Path, error: &io::Error) -> Failure {
    let folder = folder.display().to_string();
    Failure::new(Kind::Other, Say::CannotWriteTo.with([folder.into(), error.to_string().into()]))
}
