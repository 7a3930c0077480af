use faceid_net::Network;
use faceid_sign as ours;

#[allow(dead_code)]
fn network() -> Network {
    Network::default()
}
