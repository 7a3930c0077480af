//! What a call costs: `calls WHO URL IN_FLIGHT COUNT`.

#![forbid(unsafe_code)]

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    faceid_bench::calls::run(&arguments, None);
}
