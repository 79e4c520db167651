//! Images of files as stimuli.

/// Two images of 2 x 2 pixels.
pub(crate) fn two_images() -> Vec<u8> {
    [&[0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2][..], &[255, 0, 51, 102], &[0, 204, 255, 153]].concat()
}
