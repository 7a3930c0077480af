//! What it costs to start a program that does nothing.

#![forbid(unsafe_code)]

fn main() {}
