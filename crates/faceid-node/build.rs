//! What the linker of each platform has to know of a module for Node.

fn main() {
    napi_build::setup();
}
