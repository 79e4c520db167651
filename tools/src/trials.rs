//! Trials as they are told: in words, as JSON, and as `trials.csv`.

use crate::export::csv_field;
use crate::names::count;
use serde_json::{Value, json};
use sim_core::catalog::Effect;
use sim_core::engine::Finished;
use sim_core::network::{Cells, Network, Population};
use sim_core::time::{decimal_ms, ms_from_fs};
use sim_core::trials::{Order, Reset, Trials};

/// Name of the table in a recording's folder.
pub(crate) const TABLE: &str = "trials.csv";

/// One line on them.
pub(crate) fn words(trials: &Trials) -> String {
    let order = match trials.order {
        Order::Cycle => "in turn",
        Order::Shuffled => "in balanced blocks",
    };
    let conditions = match &trials.conditions[..] {
        [] => String::new(),
        names => format!(" of {}, {order}", names.join(", ")),
    };
    let begins = match trials.reset {
        Reset::Nothing => "with what the one before left",
        Reset::State => "with the state before the first",
    };
    let s = if trials.count == 1 { "" } else { "s" };
    let number = count(u64::from(trials.count));
    format!("{number} trial{s} of {} ms{conditions}; each begins {begins}\n", decimal_ms(trials.each_fs))
}

/// What a summary and `check` say of them.
pub(crate) fn json(network: &Network) -> Value {
    network.trials.as_ref().map_or(Value::Null, |trials| {
        json!({
            "count": trials.count, "each_ms": ms_from_fs(trials.each_fs), "conditions": trials.conditions,
            "order": trials.order.name(), "reset": trials.reset.name(),
        })
    })
}

/// `trial,condition,start_ms`, and the spikes of each population that emits some.
pub(crate) fn csv(network: &Network, trials: &Trials, finished: &[Finished]) -> String {
    let emits = |p: &Population| match &p.cells {
        Cells::Neurons { .. } => true,
        Cells::Stimulus { card, .. } => card.effect == Effect::Spikes,
    };
    let shown: Vec<usize> = (0..network.populations.len()).filter(|i| emits(&network.populations[*i])).collect();
    let heads = shown.iter().map(|i| csv_field(&format!("{}.spikes", network.populations[*i].name)));
    let mut text = ["trial", "condition", "start_ms"].map(String::from).into_iter().chain(heads).collect::<Vec<_>>().join(",");
    text.push('\n');
    for Finished { trial, spikes, .. } in finished {
        let condition = csv_field(trials.condition(*trial).unwrap_or_default());
        let start = decimal_ms(network.warmup_fs + i64::from(*trial) * trials.each_fs);
        let counts = shown.iter().map(|i| spikes[*i].to_string());
        let cells: Vec<String> = [trial.to_string(), condition, start].into_iter().chain(counts).collect();
        text += &(cells.join(",") + "\n");
    }
    text
}
