//! Numbers in sections: raw, little endian. What has a length that the plan knows is read into its place; what has not says how
//! many it has, and is believed only as far as there are bytes.

use super::SnapshotError;
use crate::engine::Values;

/// A number of a section.
pub(crate) trait Number: Copy {
    const BYTES: usize;
    fn put(self, bytes: &mut Vec<u8>);
    /// From [`Self::BYTES`] bytes.
    fn of(bytes: &[u8]) -> Self;
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl Number for $number {
            const BYTES: usize = size_of::<$number>();

            fn put(self, bytes: &mut Vec<u8>) {
                bytes.extend_from_slice(&self.to_le_bytes());
            }

            fn of(bytes: &[u8]) -> Self {
                let mut own = [0; size_of::<$number>()];
                own.copy_from_slice(bytes);
                Self::from_le_bytes(own)
            }
        }
    )*};
}

numbers!(u8, u16, u32, u64, i32, i64, f32, f64);

/// Writes a section.
#[derive(Default)]
pub struct Writer(pub(crate) Vec<u8>);

impl Writer {
    pub(crate) fn put(&mut self, number: impl Number) {
        number.put(&mut self.0);
    }

    pub(crate) fn all<N: Number>(&mut self, numbers: impl IntoIterator<Item = N>) {
        numbers.into_iter().for_each(|number| self.put(number));
    }

    /// So many, and which.
    pub(crate) fn list<N: Number>(&mut self, numbers: impl ExactSizeIterator<Item = N>) {
        self.put(numbers.len() as u64);
        self.all(numbers);
    }

    pub(crate) fn values(&mut self, values: &Values) {
        match values {
            Values::F64(values) => self.all(values.iter().copied()),
            Values::F32(values) => self.all(values.iter().copied()),
        }
    }
}

/// Reads a section.
#[derive(Clone)]
pub struct Reader<'a> {
    name: &'a str,
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(name: &'a str, bytes: &'a [u8]) -> Self {
        Self { name, rest: bytes }
    }

    /// What is told of a section that is not what the network needs.
    pub(crate) fn wrong(&self) -> SnapshotError {
        SnapshotError::Damaged(format!("the section \"{}\" is not one of this network", self.name))
    }

    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], SnapshotError> {
        let (own, rest) = self.rest.split_at_checked(count).ok_or_else(|| self.wrong())?;
        self.rest = rest;
        Ok(own)
    }

    pub(crate) fn get<N: Number>(&mut self) -> Result<N, SnapshotError> {
        self.take(N::BYTES).map(N::of)
    }

    /// As many as there is room for.
    pub(crate) fn fill<N: Number>(&mut self, room: &mut [N]) -> Result<(), SnapshotError> {
        let bytes = self.take(room.len().saturating_mul(N::BYTES))?;
        room.iter_mut().zip(bytes.chunks_exact(N::BYTES)).for_each(|(number, bytes)| *number = N::of(bytes));
        Ok(())
    }

    /// How many follow of so many bytes each.
    pub(crate) fn count(&mut self, bytes: usize) -> Result<usize, SnapshotError> {
        let count = usize::try_from(self.get::<u64>()?).unwrap_or(usize::MAX);
        if count > self.rest.len() / bytes.max(1) { Err(self.wrong()) } else { Ok(count) }
    }

    /// So many, and which.
    pub(crate) fn list<N: Number>(&mut self) -> Result<Vec<N>, SnapshotError> {
        let count = self.count(N::BYTES)?;
        Ok(self.take(count * N::BYTES)?.chunks_exact(N::BYTES).map(N::of).collect())
    }

    pub(crate) fn values(&mut self, values: &mut Values) -> Result<(), SnapshotError> {
        match values {
            Values::F64(values) => self.fill(values),
            Values::F32(values) => self.fill(values),
        }
    }

    /// All read the same.
    pub(crate) fn for_each<T>(
        &mut self,
        readers: impl Iterator<Item = T>,
        mut read: impl FnMut(T, &mut Self) -> Result<(), SnapshotError>,
    ) -> Result<(), SnapshotError> {
        let here = self.clone();
        readers.into_iter().try_for_each(|reader| {
            *self = here.clone();
            read(reader, self)
        })
    }

    /// Nothing may be left.
    pub(crate) fn end(&self) -> Result<(), SnapshotError> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.wrong()) }
    }
}
