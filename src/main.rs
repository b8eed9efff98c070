//! The `wavewright` program; everything is in the library.

/// Planning makes and drops many small things on all cores.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    wavewright::cli::run(std::env::args_os())
}
