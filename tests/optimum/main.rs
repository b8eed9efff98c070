//! The exact method against a brute-force oracle, on small random waves.

mod oracle;
mod random_wave;

#[test]
fn sizes() {
    use random_wave::{Profile, random_case};
    for profile in Profile::ALL {
        let start = std::time::Instant::now();
        let mut too_large = 0;
        let mut slowest = (0.0, 0);
        for seed in 0..200 {
            let (wave, model) = random_case(seed, profile);
            let at = std::time::Instant::now();
            if oracle::solve(&wave, &model).is_err() {
                too_large += 1;
            }
            let took = at.elapsed().as_secs_f64();
            if took > slowest.0 {
                slowest = (took, seed);
            }
        }
        println!(
            "{profile:?}: {too_large} too large, {:.1} ms each, slowest {slowest:?}",
            start.elapsed().as_secs_f64() * 5.0
        );
    }
}
