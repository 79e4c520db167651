//! Progress on stderr: a bar with the time left where it is a terminal, else a line every ten seconds.

use indicatif::{ProgressBar, ProgressStyle};
use sim_core::record::{Sink, Window};
use sim_core::time::Grid;
use std::io::{IsTerminal, Write};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Once};
use std::time::{Duration, Instant};

/// Between lines where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);
/// Windows between looks at the clock.
const LOOK_EVERY: u32 = 16;

/// A sink that shows how far the run is, and ends it after an interrupt (Ctrl-C).
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    lines: bool,
    grid: Grid,
    end: u64,
    begun: Instant,
    said: Instant,
    windows: u32,
    interrupted: Arc<AtomicBool>,
}

impl Progress {
    /// For a run up to a tick.
    pub(crate) fn new(quiet: bool, grid: Grid, end: u64) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let bar = (!quiet && terminal).then(|| {
            let bar = ProgressBar::new(end);
            let style = ProgressStyle::with_template("{bar:40} {percent}% {msg} {elapsed} (left: {eta})");
            if let Ok(style) = style {
                bar.set_style(style);
            }
            bar
        });
        let now = Instant::now();
        let lines = !quiet && !terminal;
        Self { bar, lines, grid, end, begun: now, said: now, windows: 0, interrupted: interrupts() }
    }

    /// Whether the run was interrupted.
    pub(crate) fn interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn show(&mut self, tick: u64) {
        if let Some(bar) = &self.bar {
            bar.set_position(tick);
            bar.set_message(format!("{} ms", self.grid.decimal_ms(tick)));
        } else if self.lines && self.said.elapsed() >= LINE_EVERY {
            self.said = Instant::now();
            let left = self.begun.elapsed().as_secs_f64() * (self.end - tick) as f64 / tick.max(1) as f64;
            let (now, end) = (self.grid.decimal_ms(tick), self.grid.decimal_ms(self.end));
            // Whoever closed stderr does not want to know.
            let _ = writeln!(std::io::stderr(), "{now} of {end} ms, about {left:.0} s left");
        }
    }
}

impl Sink for Progress {
    fn window(&mut self, window: &Window<'_>) -> ControlFlow<()> {
        self.windows += 1;
        if self.windows.is_multiple_of(LOOK_EVERY) {
            self.show(*window.ticks.end());
        }
        if self.interrupted() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// The flag that the first Ctrl-C (or SIGTERM) sets; a second one ends the program at once. Called early, so that an
/// interrupt while the network is built is seen when the run begins.
pub(crate) fn interrupts() -> Arc<AtomicBool> {
    static ONCE: Once = Once::new();
    static FLAG: std::sync::OnceLock<Arc<AtomicBool>> = std::sync::OnceLock::new();
    let flag = FLAG.get_or_init(Arc::default).clone();
    let seen = flag.clone();
    ONCE.call_once(move || {
        // Without a handler the default holds: the program ends at once.
        let _ = ctrlc::set_handler(move || {
            if seen.swap(true, Ordering::Relaxed) {
                std::process::exit(1);
            }
        });
    });
    flag
}

/// Several sinks one after the other; the run ends when any has had enough.
pub(crate) struct Tee<'a>(pub(crate) Vec<&'a mut dyn Sink>);

impl Sink for Tee<'_> {
    fn window(&mut self, window: &Window<'_>) -> ControlFlow<()> {
        let mut end = false;
        for sink in &mut self.0 {
            end |= sink.window(window).is_break();
        }
        if end { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}
