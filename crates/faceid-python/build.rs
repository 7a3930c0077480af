//! What the linker must be told for a module whose Python symbols are found only when Python loads it.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    pyo3_build_config::add_extension_module_link_args();
}
