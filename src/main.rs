//! The `wavewright` program; everything is in the library.

fn main() -> std::process::ExitCode {
    wavewright::cli::run(std::env::args_os())
}
