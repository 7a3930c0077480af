//! The hostile server: every row.

use faceid_async::Client;
use tokio::runtime::Runtime;

#[test]
fn each_row() {
    let runtime = Runtime::new().expect("a runtime");
    faceid_faults::run(&faceid_faults::rows(), |config, network| {
        let client = Client::with_network(config, network).expect("a client");
        let handle = runtime.handle().clone();
        move |request: &_| handle.block_on(client.send(request))
    });
}
