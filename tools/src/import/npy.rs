//! NumPy's .npy files of version 1.0, as `export::write_npy` writes them.

/// An array's type, shape and data.
pub(crate) struct Array {
    /// NumPy's name of the type: "<f8".
    pub(crate) kind: String,
    /// Lengths of its dimensions.
    pub(crate) shape: Vec<usize>,
    /// Its elements in C order.
    pub(crate) data: Vec<u8>,
}

/// Splits a file's bytes; none where it is no such file.
pub(crate) fn parse(mut bytes: Vec<u8>) -> Option<Array> {
    let length = bytes.get(8..10).map(|b| usize::from(u16::from_le_bytes([b[0], b[1]])))?;
    let header = bytes.get(10..10 + length).filter(|_| bytes.starts_with(b"\x93NUMPY\x01"))?;
    let header = String::from_utf8_lossy(header).into_owned();
    let kind = header.split("'descr': '").nth(1)?.split('\'').next()?.to_string();
    let shape = header.split("'shape': (").nth(1)?.split(')').next()?;
    let shape = shape.split(',').map(str::trim).filter(|n| !n.is_empty()).map(|n| n.parse().ok()).collect::<Option<_>>()?;
    Some(Array { kind, shape, data: bytes.split_off(10 + length) })
}
