use wavewright::{
    ingest, options::Planner, solve::WaveProblem, solve::order_plan::*, solve::pricing::*,
};
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let wave = ingest::read_wave(args[1].as_ref()).unwrap().wave;
    let model = ingest::read_model(&args[2], wave.minor_digits).unwrap();
    let t = std::time::Instant::now();
    let planner = Planner::new(&wave, &model);
    let p = WaveProblem::new(&planner);
    println!("built {:?}", t.elapsed());
    let prices = Prices { resources: vec![0.0; p.resources.len()] };
    let mut v = vec![];
    for i in 0..p.orders.len() {
        let op = OrderPrices::free(&p.orders[i].tables);
        let t = std::time::Instant::now();
        let scan = p.scan(i, &prices, &op);
        let b = BestColumns::find(&scan);
        let e = t.elapsed();
        let t = std::time::Instant::now();
        let ob = OrderBound::new(&scan, &b);
        v.push((
            e,
            t.elapsed(),
            p.orders[i].options.lines.len(),
            p.orders[i].options.groups.len(),
            p.orders[i].options.arrivals.len(),
            p.orders[i].tables.states.count(),
            p.orders[i].tables.tight,
            ob.least,
        ));
    }
    v.sort_by(|a, b| b.0.cmp(&a.0));
    println!(
        "total {:?} {:?}",
        v.iter().map(|x| x.0).sum::<std::time::Duration>(),
        v.iter().map(|x| x.1).sum::<std::time::Duration>()
    );
    for x in v.iter().take(8) {
        println!("{x:?}");
    }
}
