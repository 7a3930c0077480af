use faceid_blocking as ours;

#[allow(dead_code)]
fn client(config: ours::Config) -> bool {
    ours::Client::new(config).is_ok()
}
