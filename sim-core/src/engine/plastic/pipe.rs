//! Weights on their way to the targets' sums.

/// Where weights go: none where the target takes no spikes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outlet {
    /// Place of the first target's sum.
    pub(crate) first: u32,
    /// The sums are multiples of this power of two.
    pub(crate) quantum: f64,
    /// -1 where the rule sees the magnitude of what the receptor takes with its sign.
    pub(crate) sign: f64,
}

/// Where transmitted weights go.
pub(crate) struct Pipe<'a> {
    sums: &'a mut [f64],
    quantum: f64,
    /// From the weight to multiples of the quantum, with the receptor's sign.
    scale: f64,
}

impl<'a> Pipe<'a> {
    /// To the sums of so many targets; to none where there is no outlet.
    pub(crate) fn new(outlet: Option<Outlet>, sums: &'a mut [f64], targets: usize) -> Self {
        match outlet {
            Some(Outlet { first, quantum, sign }) => {
                Self { sums: &mut sums[first as usize..][..targets], quantum, scale: sign / quantum }
            }
            None => Self { sums: &mut [], quantum: 1.0, scale: 0.0 },
        }
    }

    /// Adds the nearest multiple of the quantum, found by adding and taking away 1.5 x 2^52: the sums' bound is below that.
    #[inline(always)]
    pub(crate) fn send(&mut self, target: usize, weight: f64) {
        const ROUND: f64 = 6_755_399_441_055_744.0;
        if let Some(sum) = self.sums.get_mut(target) {
            *sum += ((weight * self.scale + ROUND) - ROUND) * self.quantum;
        }
    }
}
