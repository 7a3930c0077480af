//! `cargo xtask release`: one version of everything, from the first check to the last upload. RELEASING.md says when
//! to run which.

mod changelog;
mod check;
mod consumers;
mod index;
mod inherited;
mod packages;
mod prepare;
mod publish;
mod registry;
mod rehearse;
mod self_test;
#[cfg(test)]
mod tests;
mod versions;

pub(crate) use self::{
    check::{clean, fetched, is_shipped, run as check, version_before},
    packages::{archive, wrong_unbuilt as packages},
    prepare::run as prepare,
    publish::run as publish,
    registry::{checksum, locked_checksums},
    rehearse::run as rehearse,
    self_test::run as self_test,
    versions::{of_workspace as version, workspaces},
};
