//! Many calls. With `-- --full` as many as it takes.

use std::process::ExitCode;

use faceid_blocking::Client;

fn main() -> ExitCode {
    faceid_faults::endurance::run("blocking", |config| {
        let client = Client::new(config).expect("a client");
        move |request: &_| client.send(request)
    })
}
