//! The hostile server. With `-- --full` every row, and a line for each.

use std::process::ExitCode;

use faceid_blocking::Client;

fn main() -> ExitCode {
    let ask = faceid_faults::client(|config, network| {
        let client = Client::with_network(config, network).expect("a client");
        move |request: &_| client.send(request)
    });
    faceid_faults::run("blocking", &faceid_faults::rows(), ask)
}
