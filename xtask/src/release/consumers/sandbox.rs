use faceid_sandbox::Sandbox;
use faceid_sign as ours;

#[allow(dead_code)]
fn url() -> String {
    Sandbox::builder().start().unwrap().url().to_owned()
}
