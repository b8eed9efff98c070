use wavewright::{ingest, options::Planner, solve::WaveProblem};
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let wave = ingest::read_wave(args[1].as_ref()).unwrap().wave;
    let model = ingest::read_model(&args[2], wave.minor_digits).unwrap();
    let t = std::time::Instant::now();
    let planner = Planner::new(&wave, &model);
    let p = WaveProblem::new(&planner);
    println!(
        "built {:?} resources {} contended {}",
        t.elapsed(),
        p.resources.len(),
        p.contended.iter().filter(|c| **c).count()
    );
    let mut v: Vec<_> = p
        .orders
        .iter()
        .map(|o| {
            (
                o.options.groups.iter().map(|g| g.ways.len()).sum::<usize>(),
                o.options.groups.len(),
                o.options.arrivals.len(),
                o.options.lines.len(),
                o.options.groups.iter().map(|g| g.ways.len()).max().unwrap_or(0),
                wave.orders[o.options.order].id.clone(),
            )
        })
        .collect();
    v.sort();
    v.reverse();
    for x in v.iter().take(8) {
        println!(
            "ways {} groups {} arrivals {} lines {} maxways {} {}",
            x.0, x.1, x.2, x.3, x.4, x.5
        );
    }
    println!(
        "total ways {} groups {}",
        v.iter().map(|x| x.0).sum::<usize>(),
        v.iter().map(|x| x.1).sum::<usize>()
    );
}
