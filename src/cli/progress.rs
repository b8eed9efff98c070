//! Progress on stderr: a line that changes on a terminal, a line now and then elsewhere.

use crate::cli::failure::Failure;
use crate::cli::input;
use crate::cli::interrupt::Interrupt;
use crate::cli::output::{Output, tell};
use crate::domain::SolveSettings;
use crate::plan::{ProgressLog, Step};
use crate::solve::{Control, Progress, Stage, resident_memory};
use bytesize::ByteSize;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, stderr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Seconds between two plain lines of one stage.
const EVERY: Duration = Duration::from_secs(5);

/// Shows how far a method is.
pub(super) struct Display {
    sink: Sink,
    started: Mutex<Instant>,
    /// No limit where it is not finite.
    time_limit_s: f64,
    minor_digits: u32,
    /// The last incumbent and bound: a report may have none.
    known: Mutex<(Option<f64>, Option<f64>)>,
}

enum Sink {
    Quiet,
    Bar(ProgressBar),
    /// The last line written: when, and about which stage.
    Lines(Mutex<Option<(Instant, Stage)>>),
}

impl Display {
    pub(super) fn new(output: Output, time_limit_s: f64, minor_digits: u32) -> Display {
        let sink = if output.quiet {
            Sink::Quiet
        } else if stderr().is_terminal() {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            bar.set_style(ProgressStyle::default_spinner());
            bar.enable_steady_tick(Duration::from_millis(200));
            Sink::Bar(bar)
        } else {
            Sink::Lines(Mutex::new(None))
        };
        let known = Mutex::new((None, None));
        Display { sink, started: Mutex::new(Instant::now()), time_limit_s, minor_digits, known }
    }

    /// Shows a report of the method.
    pub(super) fn show(&self, progress: Progress) {
        let progress = self.complete(progress);
        let started = *self.started.lock().unwrap_or_else(PoisonError::into_inner);
        let text = || self.text(progress, started.elapsed().as_secs_f64());
        match &self.sink {
            Sink::Quiet => (),
            Sink::Bar(bar) => bar.set_message(text()),
            Sink::Lines(last) => {
                let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
                let is_due = last
                    .is_none_or(|(when, stage)| stage != progress.stage || when.elapsed() >= EVERY);
                if is_due {
                    *last = Some((Instant::now(), progress.stage));
                    tell(&text());
                }
            }
        }
    }

    /// Fills in what was last known.
    fn complete(&self, progress: Progress) -> Progress {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        *known = (progress.incumbent.or(known.0), progress.bound.or(known.1));
        Progress { incumbent: known.0, bound: known.1, ..progress }
    }

    /// Says what is planned next; time and what is known start anew.
    pub(super) fn begin(&self, text: &str) {
        *self.started.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = (None, None);
        match &self.sink {
            Sink::Quiet => (),
            Sink::Bar(bar) => bar.println(text),
            Sink::Lines(_) => tell(text),
        }
    }

    /// Takes the changing line away.
    pub(super) fn finish(&self) {
        if let Sink::Bar(bar) = &self.sink {
            bar.finish_and_clear();
        }
    }

    fn text(&self, progress: Progress, seconds: f64) -> String {
        let unit = 10_f64.powi(self.minor_digits as i32);
        let amount = |amount: Option<f64>| match amount {
            Some(amount) => format!("{:.*}", self.minor_digits as usize, amount / unit),
            None => "-".to_owned(),
        };
        let gap = match (progress.incumbent, progress.bound) {
            (Some(incumbent), Some(bound)) => percent(incumbent, bound),
            _ => "-".to_owned(),
        };
        let mut text = format!(
            "{seconds:6.1} s  {}: incumbent {}, bound {}, gap {gap}",
            progress.stage.name(),
            amount(progress.incumbent),
            amount(progress.bound),
        );
        if self.time_limit_s.is_finite() {
            let left = (self.time_limit_s - seconds).max(0.0);
            text.push_str(&format!(", {left:.0} s left"));
        }
        text
    }
}

/// What a method is watched by: a display of how far it is, and what may ask it to stop.
#[derive(Clone, Copy)]
pub(super) struct Watch<'a> {
    output: Output,
    interrupt: &'a Interrupt,
    minor_digits: u32,
    memory_limit: Option<ByteSize>,
}

impl<'a> Watch<'a> {
    /// `minor_digits`: decimal places of the currency.
    pub(super) fn new(output: Output, interrupt: &'a Interrupt, minor_digits: u32) -> Watch<'a> {
        Watch { output, interrupt, minor_digits, memory_limit: None }
    }

    /// Asks it to stop also when the program takes more memory.
    pub(super) fn with_memory_limit(self, memory_limit: Option<ByteSize>) -> Watch<'a> {
        Watch { memory_limit, ..self }
    }

    /// Runs a method on the threads and within the time of the settings. Gives what it makes, and
    /// the record of when the best plan and the bound got better.
    pub(super) fn run<R: Send>(
        self,
        settings: &SolveSettings,
        method: impl FnOnce(&Control) -> R + Send,
    ) -> Result<(R, Vec<Step>), Failure> {
        let display = Display::new(self.output, settings.time_limit_s, self.minor_digits);
        let log = ProgressLog::default();
        let started = Instant::now();
        let made = input::on_threads(settings.threads, || {
            let listener = |progress| {
                display.show(progress);
                log.note(started.elapsed().as_secs_f64(), progress, self.minor_digits);
            };
            let mut control = Control::new(settings.time_limit_s, &self.interrupt.flag, listener);
            if let Some(limit) = self.memory_limit {
                control = control.with_memory_limit(limit.as_u64(), resident_memory);
            }
            method(&control)
        });
        display.finish();
        Ok((made?, log.into_steps()))
    }
}

/// The gap between two amounts in minor units, as in the certificate.
fn percent(incumbent: f64, bound: f64) -> String {
    let open = (incumbent - bound).max(0.0);
    if open == 0.0 {
        return "0 %".to_owned();
    }
    let size = if incumbent == 0.0 { 1.0 } else { incumbent.abs() };
    format!("{:.3} %", 100.0 * open / size)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn display(time_limit_s: f64) -> Display {
        let sink = Sink::Quiet;
        let known = Mutex::new((None, None));
        Display { sink, started: Mutex::new(Instant::now()), time_limit_s, minor_digits: 2, known }
    }

    #[test]
    fn what_a_report_leaves_out_stays_as_it_was() {
        let display = display(60.0);
        let report =
            |stage, incumbent, bound| display.complete(Progress { stage, incumbent, bound });
        report(Stage::Prices, Some(5.0), Some(3.0));
        let shown = report(Stage::BranchAndBound, None, Some(4.0));
        assert_eq!((shown.incumbent, shown.bound), (Some(5.0), Some(4.0)));
        assert_eq!(shown.stage, Stage::BranchAndBound);
    }

    #[test]
    fn what_was_known_of_one_plan_says_nothing_about_the_next() {
        let display = display(60.0);
        let stage = Stage::Prices;
        display.complete(Progress { stage, incumbent: Some(5.0), bound: Some(3.0) });
        display.begin("the next");
        let shown = display.complete(Progress { stage, incumbent: None, bound: None });
        assert_eq!((shown.incumbent, shown.bound), (None, None));
    }

    #[test]
    fn a_line_tells_stage_incumbent_bound_gap_and_time_left() {
        let progress = |incumbent, bound| Progress { stage: Stage::Prices, incumbent, bound };
        assert_eq!(
            display(60.0).text(progress(Some(200_000.0), Some(199_000.0)), 12.34),
            "  12.3 s  prices: incumbent 2000.00, bound 1990.00, gap 0.500 %, 48 s left"
        );
        assert_eq!(
            display(f64::INFINITY).text(progress(Some(5.0), None), 0.0),
            "   0.0 s  prices: incumbent 0.05, bound -, gap -"
        );
    }

    #[test]
    fn a_gap_is_never_negative_nor_divided_by_zero() {
        assert_eq!(percent(100.0, 100.5), "0 %");
        assert_eq!(percent(0.0, -1.0), "100.000 %");
        assert_eq!(percent(-100.0, -101.0), "1.000 %");
    }
}
