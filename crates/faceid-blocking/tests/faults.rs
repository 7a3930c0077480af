//! The hostile server: every row.

use faceid_blocking::Client;

#[test]
fn each_row() {
    faceid_faults::run(&faceid_faults::rows(), |config, network| {
        let client = Client::with_network(config, network).expect("a client");
        move |request: &_| client.send(request)
    });
}
