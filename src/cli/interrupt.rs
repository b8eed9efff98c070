//! Ctrl-C and SIGTERM: the first asks the method to stop, the second ends the program.

use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::{Output, tell};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Within this time of the first, a signal counts as the same.
const ONE_SIGNAL: Duration = Duration::from_millis(300);

/// Listens for signals from its making on.
pub(super) struct Interrupt {
    /// Whether the method is asked to stop.
    pub(super) flag: Arc<AtomicBool>,
    writing: Arc<Mutex<()>>,
}

impl Interrupt {
    pub(super) fn listen(output: Output) -> Result<Interrupt, Failure> {
        let mut signals = Signals::new([SIGINT, SIGTERM])
            .map_err(|error| Failure::internal(format!("no signals to listen for: {error}")))?;
        let flag = Arc::new(AtomicBool::new(false));
        let writing = Arc::new(Mutex::new(()));
        let interrupt = Interrupt { flag: Arc::clone(&flag), writing: Arc::clone(&writing) };
        std::thread::spawn(move || {
            let mut first: Option<Instant> = None;
            for _ in signals.forever() {
                // Wrappers such as `timeout` pass one signal on to the process and to its group.
                if first.is_some_and(|first| first.elapsed() < ONE_SIGNAL) {
                    continue;
                }
                first = first.or_else(|| Some(Instant::now()));
                if flag.swap(true, Ordering::Relaxed) {
                    // A plan that is being written is finished first.
                    let _written = hold(&writing);
                    signal_hook::low_level::exit(Exit::Interrupted.code().into());
                }
                if !output.quiet {
                    tell("stopping with the best plan so far; again to end at once");
                }
            }
        });
        Ok(interrupt)
    }

    /// Whether a signal has come.
    pub(super) fn is_asked(&self) -> bool {
        self.flag.load(Ordering::Relaxed)
    }

    /// Held while files are written, so that nothing stays half-written.
    pub(super) fn writing(&self) -> MutexGuard<'_, ()> {
        hold(&self.writing)
    }
}

fn hold(mutex: &Mutex<()>) -> MutexGuard<'_, ()> {
    // It guards no data that a panic could have left half-changed.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
