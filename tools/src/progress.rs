//! Progress on stderr: a bar with the time left where it is a terminal, else a line every ten seconds.

use indicatif::{ProgressBar, ProgressStyle};
use sim_core::record::{Sink, Window};
use sim_core::time::Grid;
use std::io::{IsTerminal, Write};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Once};
use std::time::{Duration, Instant};

/// Between lines where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);
/// Windows between looks at the clock.
const LOOK_EVERY: u32 = 16;
/// Ticks of a window after which one looks at once: that of a whole trial.
const LONG: u64 = 100;

/// How far some work is. Several threads may tell.
struct Display {
    bar: Option<ProgressBar>,
    lines: bool,
    end: u64,
    begun: Instant,
    said: Mutex<Instant>,
}

impl Display {
    fn new(quiet: bool, end: u64) -> Self {
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
        Self { bar, lines: !quiet && !terminal, end, begun: now, said: Mutex::new(now) }
    }

    fn show(&self, done: u64, words: impl Fn() -> String) {
        if let Some(bar) = &self.bar {
            bar.set_position(done);
            bar.set_message(words());
            return;
        }
        // Who finds the clock taken leaves the line to the other.
        let Ok(mut said) = self.said.try_lock() else { return };
        if self.lines && said.elapsed() >= LINE_EVERY {
            *said = Instant::now();
            let left = self.begun.elapsed().as_secs_f64() * self.end.saturating_sub(done) as f64 / done.max(1) as f64;
            // Whoever closed stderr does not want to know.
            let _ = writeln!(std::io::stderr(), "{}, about {left:.0} s left", words());
        }
    }

    fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// A sink that shows how far the run is, and ends it after an interrupt (Ctrl-C).
pub(crate) struct Progress {
    display: Display,
    grid: Grid,
    end: u64,
    windows: u32,
    interrupted: Arc<AtomicBool>,
}

impl Progress {
    /// For a run up to a tick.
    pub(crate) fn new(quiet: bool, grid: Grid, end: u64) -> Self {
        Self { display: Display::new(quiet, end), grid, end, windows: 0, interrupted: interrupts() }
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        self.display.finish();
    }
}

impl Sink for Progress {
    fn window(&mut self, window: &Window<'_>) -> ControlFlow<()> {
        self.windows += 1;
        let tick = *window.ticks.end();
        let long = tick - window.ticks.start() >= LONG;
        if long || self.windows.is_multiple_of(LOOK_EVERY) {
            self.display.show(tick, || format!("{} of {} ms", self.grid.decimal_ms(tick), self.grid.decimal_ms(self.end)));
        }
        if self.interrupted.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// How far many runs are, some at the same time.
pub(crate) struct ManyRuns {
    display: Display,
    runs: usize,
    finished: AtomicUsize,
    ticks: AtomicU64,
    interrupted: Arc<AtomicBool>,
}

impl ManyRuns {
    /// For so many runs of so many ticks in all.
    pub(crate) fn new(quiet: bool, runs: usize, ticks: u64) -> Self {
        let (finished, done) = (AtomicUsize::new(0), AtomicU64::new(0));
        Self { display: Display::new(quiet, ticks), runs, finished, ticks: done, interrupted: interrupts() }
    }

    /// What listens to one of them.
    pub(crate) fn one(&self) -> OneOfMany<'_> {
        OneOfMany { all: self, told: 0, tick: 0, windows: 0 }
    }

    /// Whether there was an interrupt.
    pub(crate) fn interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    /// Counts a run as finished.
    pub(crate) fn finished_one(&self) {
        self.finished.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        self.display.finish();
    }
}

/// The progress of one run among many.
pub(crate) struct OneOfMany<'a> {
    all: &'a ManyRuns,
    told: u64,
    tick: u64,
    windows: u32,
}

impl Sink for OneOfMany<'_> {
    fn window(&mut self, window: &Window<'_>) -> ControlFlow<()> {
        self.windows += 1;
        self.tick = *window.ticks.end();
        if self.windows.is_multiple_of(LOOK_EVERY) {
            let new = self.tick - self.told;
            self.told = self.tick;
            let done = self.all.ticks.fetch_add(new, Ordering::Relaxed) + new;
            let finished = &self.all.finished;
            self.all.display.show(done, || format!("{} of {} points", finished.load(Ordering::Relaxed), self.all.runs));
        }
        if self.all.interrupted() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

impl Drop for OneOfMany<'_> {
    fn drop(&mut self) {
        self.all.ticks.fetch_add(self.tick - self.told, Ordering::Relaxed);
    }
}

/// How far some steps are of which each is short. Several threads may tell.
pub(crate) struct Steps {
    display: Display,
    words: String,
    steps: u64,
    done: AtomicU64,
    interrupted: Arc<AtomicBool>,
}

impl Steps {
    /// For so many steps, with words that say what of.
    pub(crate) fn new(quiet: bool, words: String, steps: usize) -> Self {
        let (display, steps) = (Display::new(quiet, steps as u64), steps as u64);
        Self { display, words, steps, done: AtomicU64::new(0), interrupted: interrupts() }
    }

    /// Counts steps as done.
    pub(crate) fn advance(&self, steps: usize) {
        let done = self.done.fetch_add(steps as u64, Ordering::Relaxed) + steps as u64;
        self.display.show(done, || format!("{}: {done} of {}", self.words, self.steps));
    }

    /// Breaks after an interrupt.
    pub(crate) fn go_on(&self) -> ControlFlow<()> {
        if self.interrupted.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

impl Drop for Steps {
    fn drop(&mut self) {
        self.display.finish();
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
                // Whoever closed stderr does not want to know.
                let _ = writeln!(
                    std::io::stderr(),
                    "stopped at once; of a run with --out, `spikeloom recover DIR` has what it recorded"
                );
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
