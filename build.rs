//! Tells the linker where a shared HiGHS lies, so that the program starts without `LD_LIBRARY_PATH`.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=PKG_CONFIG_PATH");
    // Where pkg-config knows no HiGHS, highs-sys builds a static one and there is nothing to find.
    let mut probe = pkg_config::Config::new();
    if let Ok(highs) = probe.cargo_metadata(false).probe("highs") {
        for path in highs.link_paths {
            println!("cargo:rustc-link-arg=-Wl,-rpath,{}", path.display());
        }
    }
}
