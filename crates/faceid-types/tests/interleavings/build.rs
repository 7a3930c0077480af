//! Has the two files that are checked take loom's atomics and locks in place of the standard library's. The cfg is not
//! `loom`, which programs of others set for tests of their own.

fn main() {
    println!("cargo::rustc-check-cfg=cfg(faceid_loom)");
    println!("cargo::rustc-cfg=faceid_loom");
    println!("cargo::rerun-if-changed=build.rs");
}
