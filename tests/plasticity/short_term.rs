//! Synapses that tire and facilitate: Tsodyks & Markram (1997), PNAS 94:719-723; Tsodyks, Uziel & Markram (2000), Journal of
//! Neuroscience 20:RC50; Maass & Markram (2002), Neural Networks 15:155-161. They know pre spikes only, and what the weight
//! is multiplied by is known when a spike is fired: the delay does not count.
//!
//! Both start recovered. The utilisation grows before the spike is sent, in the same instant. Several spikes of one tick are
//! sent one after the other.

/// Resources recover from where they are used, in one step: NEST's `tsodyks2_synapse`.
///
/// `u` here is the utilisation at a spike. NEST's starts at 0.5 whatever U is, unless `u` is set as well; ours at U.
pub(crate) struct Depression {
    /// Utilisation of the first spike.
    pub(crate) u_0: f64,
    pub(crate) tau_rec: f64,
    /// 0: the utilisation is always the same.
    pub(crate) tau_fac: f64,
}

impl Depression {
    /// What the weight is multiplied by at each spike.
    pub(crate) fn sent(&self, spikes: &[u64], step_ms: f64) -> Vec<f64> {
        let (mut x, mut u) = (1.0, self.u_0);
        let mut sent = Vec::new();
        for wait in waits(spikes, step_ms) {
            x = 1.0 - (1.0 - x) * decay(wait, self.tau_rec);
            u = self.u_0 + (u - self.u_0) * decay(wait, self.tau_fac);
            sent.push(u * x);
            x -= u * x;
            u += self.u_0 * (1.0 - u);
        }
        sent
    }
}

/// Resources are active for a while before they recover: NEST's `tsodyks_synapse`.
pub(crate) struct ActiveDepression {
    pub(crate) u_0: f64,
    pub(crate) tau_rec: f64,
    pub(crate) tau_fac: f64,
    /// How long resources are active; not `tau_rec`.
    pub(crate) tau_psc: f64,
}

impl ActiveDepression {
    /// What the weight is multiplied by at each spike.
    pub(crate) fn sent(&self, spikes: &[u64], step_ms: f64) -> Vec<f64> {
        // Active, inactive; the rest is recovered.
        let (mut y, mut z, mut u) = (0.0, 0.0, 0.0);
        let mut sent = Vec::new();
        for wait in waits(spikes, step_ms) {
            let (active, inactive) = (decay(wait, self.tau_psc), decay(wait, self.tau_rec));
            z = z * inactive + y * self.tau_rec / (self.tau_psc - self.tau_rec) * (active - inactive);
            y *= active;
            u *= decay(wait, self.tau_fac);
            u += self.u_0 * (1.0 - u);
            let released = u * (1.0 - y - z);
            y += released;
            sent.push(released);
        }
        sent
    }
}

/// The time in ms before each spike and since the one before it, or since the start.
fn waits(spikes: &[u64], step_ms: f64) -> Vec<f64> {
    let earlier = std::iter::once(&0).chain(spikes);
    spikes.iter().zip(earlier).map(|(spike, before)| (spike - before) as f64 * step_ms).collect()
}

/// What is left after a while; with a time constant of 0 nothing, even at once.
fn decay(wait_ms: f64, tau_ms: f64) -> f64 {
    if tau_ms > 0.0 { (-wait_ms / tau_ms).exp() } else { 0.0 }
}
