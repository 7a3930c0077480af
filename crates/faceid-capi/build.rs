//! The name by which programs find the shared library when they start.
//!
//! It carries the ABI's number, so that a later library with another ABI can stand beside this one.

use std::env;

const ABI: u32 = 0;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let os = env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    match os.as_str() {
        "linux" | "android" | "freebsd" | "netbsd" | "openbsd" | "dragonfly" => {
            println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libfaceid.so.{ABI}");
        }
        // Not tested.
        "macos" => {
            println!("cargo::rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libfaceid.{ABI}.dylib");
        }
        // A DLL has no such name.
        _ => {}
    }
}
