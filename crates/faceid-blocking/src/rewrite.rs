//! Writes over what was read.

use ureq::unversioned::transport::Buffers;

/// As long as what came and is not used yet.
pub(crate) fn rewrite(buffers: &mut dyn Buffers, input: &[u8]) {
    buffers.input_consume(input.len());
    buffers.input_append_buf()[..input.len()].copy_from_slice(input);
    buffers.input_appended(input.len());
    // Nothing was used: else ureq would look at the same again, in place of waiting for more.
    buffers.input_consume(0);
}
