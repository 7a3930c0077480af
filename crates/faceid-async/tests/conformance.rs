//! The conformance suite of the sandbox, over real sockets.

use faceid_async::{Client, GetBizToken};
use tokio::runtime::Runtime;

#[test]
fn the_client_conforms() {
    let runtime = Runtime::new().expect("a runtime");
    faceid_sandbox::conformance::run(|config| {
        let client = Client::new(config).expect("a client");
        let handle = runtime.handle().clone();
        Box::new(move |request: &GetBizToken| handle.block_on(client.send(request)))
    });
}
