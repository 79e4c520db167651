//! What every part of elaboration works with.

use super::files::SideFiles;
use super::names::Names;
use super::place::Place;
use super::report::Report;
use super::settings::Settings;
use super::size::bytes_words;
use crate::catalog::Catalog;
use crate::diagnostic::{Diagnostic, Outcome};
use crate::random::Key;
use std::cell::Cell;

/// What every part of elaboration works with.
pub(crate) struct Context<'a> {
    /// Models.
    pub(crate) catalog: &'a Catalog,
    /// Problems found.
    pub(crate) report: &'a Report,
    /// Files named by the netlist.
    pub(crate) files: SideFiles<'a>,
    /// Memory.
    pub(crate) budget: Budget,
    /// Parameters, tables, populations by name.
    pub(crate) names: &'a Names<'a>,
    /// Step, duration, seeds.
    pub(crate) settings: Settings,
}

impl<'a> Context<'a> {
    /// Outside all populations and projections.
    pub(crate) fn place(&self) -> Place<'a> {
        Place::new(self.names)
    }

    /// Starts the key of a family of random streams.
    pub(crate) fn key(&self, purpose: &str) -> Key {
        Key::new(self.settings.seed).name(purpose)
    }
}

/// Memory that elaboration may still take: asked before anything is allocated whose size the netlist says.
#[derive(Debug)]
pub(crate) struct Budget {
    limit: u64,
    left: Cell<u64>,
}

impl Budget {
    /// So many bytes.
    pub(crate) fn new(limit: u64) -> Self {
        Self { limit, left: Cell::new(limit) }
    }

    /// Takes `count` items of `each` bytes for `what`.
    pub(crate) fn reserve(&self, count: u64, each: u64, what: &str) -> Outcome<()> {
        let wanted = count.saturating_mul(each);
        match self.left.get().checked_sub(wanted) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => {
                let message = format!(
                    "{what} needs about {}: with the rest of the network that is more than the {} of memory there are",
                    bytes_words(wanted),
                    bytes_words(self.limit)
                );
                Err(Diagnostic::general("does-not-fit", message).into())
            }
        }
    }
}
