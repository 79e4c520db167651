//! What every part of elaboration works with.

use super::files::SideFiles;
use super::names::Names;
use super::place::Place;
use super::report::Report;
use super::settings::Settings;
use super::size::{Limits, bytes_words};
use crate::catalog::Catalog;
use crate::diagnostic::{Diagnostic, Failure, Outcome};
use crate::random::Key;
use crate::trials::Trials;
use std::cell::{Cell, RefCell};

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
    /// The trials, with what differs between them as far as it was read.
    pub(crate) trials: RefCell<Option<Trials>>,
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

/// What elaboration may still take: asked before anything is allocated, or gone through, whose size the netlist says.
#[derive(Debug)]
pub(crate) struct Budget {
    /// Bytes of memory in all.
    limit: u64,
    wanted: Cell<u64>,
    /// The largest request and its bytes.
    largest: RefCell<(u64, String)>,
    /// Pairs that may still be looked at.
    pairs: Cell<u64>,
}

impl Budget {
    /// As much as there is.
    pub(crate) fn new(limits: &Limits) -> Self {
        Self { limit: limits.bytes, wanted: Cell::new(0), largest: RefCell::default(), pairs: Cell::new(limits.pairs) }
    }

    /// Takes the time to look at so many pairs of cells. Returns whether there is so much.
    pub(crate) fn look_at(&self, pairs: u64) -> bool {
        let rest = self.pairs.get().checked_sub(pairs);
        rest.into_iter().for_each(|rest| self.pairs.set(rest));
        rest.is_some()
    }

    /// Takes `count` items of `each` bytes. Refused once the sum of all requests is beyond the limit; [`Budget::problem`] then
    /// tells of the whole.
    pub(crate) fn reserve(&self, count: u64, each: u64, what: impl FnOnce() -> String) -> Outcome<()> {
        let bytes = count.saturating_mul(each);
        if bytes > self.largest.borrow().0 {
            *self.largest.borrow_mut() = (bytes, what());
        }
        self.wanted.set(self.wanted.get().saturating_add(bytes));
        if self.wanted.get() > self.limit { Err(Failure::Reported) } else { Ok(()) }
    }

    /// The one problem of all refused requests.
    pub(crate) fn problem(&self) -> Option<Diagnostic> {
        (self.wanted.get() > self.limit).then(|| {
            let (wanted, limit) = (bytes_words(self.wanted.get()), bytes_words(self.limit));
            let (bytes, what) = &*self.largest.borrow();
            let message = format!(
                "the network needs more than {wanted} of memory, and there are {limit}; most of it is {what}, with {}",
                bytes_words(*bytes)
            );
            Diagnostic::general("does-not-fit", message).help("make it smaller, or raise --memory-limit where there is more")
        })
    }
}
