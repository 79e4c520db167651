//! The experiment with liquid state machines: what a command line asks for, the images, the spike counts, the read-out, the model that
//! is kept, and the report.
//!
//! ```text
//! arguments -> Protocol + Fitting          what counts depend on, and what only the read-out does
//! files     -> Data                        training, validation and test samples: images, or recordings of events
//! both      -> Network -> Counts           liquids that have learned, and their counts; kept in a folder as far as they are finished
//! counts    -> Fit -> Model, Report
//! ```

mod arrays;
mod counts;
mod drawings;
mod fitting;
mod images;
mod kernel;
mod liquids;
mod model;
mod pace;
mod place;
mod protocol;
mod recordings;
mod report;
mod samples;
mod turns;

pub(crate) use counts::{Counts, gather};
pub(crate) use drawings::{confusion, raster, scatter};
pub(crate) use fitting::{Fitted, Fitting, fit};
pub(crate) use images::{Data, file, hash_of_images, images, test_set};
pub(crate) use kernel::Kernel;
pub(crate) use model::Model;
pub(crate) use place::Place;
pub(crate) use protocol::{Protocol, seeds};
pub(crate) use recordings::{MANIFEST, Manifest, PARTS, Recordings, load};
pub(crate) use report::{Report, network_json, with_deviation, with_one_place};

use crate::failure::Failure;
use crate::simulation::cores;

/// Why work stopped before its end.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Something is wrong.
    Failed(Failure),
    /// Ctrl-C.
    Interrupted,
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl Stop {
    /// As a failure, where an interrupt leaves nothing.
    pub(crate) fn without_files(self) -> Failure {
        match self {
            Self::Failed(failure) => failure,
            Self::Interrupted => Failure::Other("interrupted", "interrupted: nothing was written".into()),
        }
    }
}

/// Who does the work, and whether it is to be quiet.
pub(crate) struct Workers {
    pub(crate) pool: rayon::ThreadPool,
    pub(crate) quiet: bool,
}

impl Workers {
    pub(crate) fn new(threads: Option<u16>, quiet: bool) -> Result<Self, Failure> {
        crate::progress::interrupts();
        // Two are always to be had, so that it can be seen anywhere that they change nothing.
        let threads = threads.map_or_else(cores, |n| usize::from(n).min(cores().max(2)));
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.map_err(|error| Failure::Other("threads", format!("no threads: {error}")))?;
        Ok(Self { pool, quiet })
    }
}

/// What the experiment's own library has against its input.
fn wrong(problem: &models::experiments::Problem) -> Failure {
    Failure::Usage("experiment", problem.to_string())
}
