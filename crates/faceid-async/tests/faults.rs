//! The hostile server. With `-- --full` every row, and a line for each.

use std::process::ExitCode;

use faceid_async::Client;
use tokio::runtime::Runtime;

fn main() -> ExitCode {
    let runtime = Runtime::new().expect("a runtime");
    let ask = faceid_faults::client(|config, network| {
        let client = Client::with_network(config, network).expect("a client");
        let handle = runtime.handle().clone();
        move |request: &_| handle.block_on(client.send(request))
    });
    faceid_faults::run("async", &faceid_faults::rows_on_hyper(), ask)
}
