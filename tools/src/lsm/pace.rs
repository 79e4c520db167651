//! How fast samples were run.

use models::experiments::liquid::Load;
use serde_json::{Value, json};
use std::ops::AddAssign;

/// What was run, in which time: what was taken over from a folder is not counted.
#[derive(Clone, Copy, Default)]
pub(crate) struct Pace {
    /// Presentations.
    pub(crate) shown: usize,
    pub(crate) seconds: f64,
    pub(crate) load: Load,
}

impl AddAssign for Pace {
    fn add_assign(&mut self, other: Self) {
        self.shown += other.shown;
        self.seconds += other.seconds;
        self.load += other.load;
    }
}

impl Pace {
    /// Presentations per second of wall time; none where there were none.
    pub(crate) fn per_s(&self) -> Option<f64> {
        (self.shown > 0 && self.seconds > 0.0).then(|| self.shown as f64 / self.seconds)
    }

    /// Synaptic and plastic events per second of wall time.
    fn events_per_s(&self) -> Option<f64> {
        let events = self.load.synaptic_events + self.load.plastic_events;
        self.per_s().map(|_| events as f64 / self.seconds)
    }

    /// For reports.
    pub(crate) fn json(&self) -> Value {
        json!({
            "samples": self.shown, "seconds": self.seconds, "samples_per_s": self.per_s(),
            "synaptic_events": self.load.synaptic_events, "plastic_events": self.load.plastic_events,
            "events_per_s": self.events_per_s(),
        })
    }

    /// For people: "12,000 samples in 3.1 s, 3,870 per s; 131 M synaptic + 288 M plastic events, 135 M per s".
    pub(crate) fn words(&self) -> Option<String> {
        let (samples, events) = (self.per_s()?, self.events_per_s()?);
        let million = |number: f64| format!("{:.1} M", number / 1e6);
        let [synaptic, plastic] = [self.load.synaptic_events, self.load.plastic_events].map(|events| million(events as f64));
        let (shown, seconds, events) = (self.shown, self.seconds, million(events));
        Some(format!(
            "{shown} samples in {seconds:.1} s, {samples:.0} per s; {synaptic} synaptic + {plastic} plastic events, {events} per s"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_rates() {
        let mut pace = Pace::default();
        assert_eq!((pace.per_s(), pace.words()), (None, None), "nothing was run");
        let load = |synaptic_events, plastic_events| Load { spikes: 1, synaptic_events, plastic_events };
        pace += Pace { shown: 3, seconds: 0.5, load: load(2_000_000, 500_000) };
        pace += Pace { shown: 5, seconds: 1.5, load: load(1_000_000, 500_000) };
        assert_eq!(pace.json()["events_per_s"], 2e6, "four millions in two seconds");
        let expected = "8 samples in 2.0 s, 4 per s; 3.0 M synaptic + 1.0 M plastic events, 2.0 M per s";
        assert_eq!(pace.words().as_deref(), Some(expected));
    }
}
