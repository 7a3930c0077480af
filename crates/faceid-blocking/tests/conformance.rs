//! The conformance suite of the sandbox, over real sockets.

use faceid_blocking::{Client, GetBizToken};

#[test]
fn the_client_conforms() {
    faceid_sandbox::conformance::run(|config| {
        let client = Client::new(config).expect("a client");
        Box::new(move |request: &GetBizToken| client.send(request))
    });
}
