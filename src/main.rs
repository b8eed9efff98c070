use std::sync::atomic::AtomicBool;
use wavewright::{ingest, planning, solve::Control};
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let t = std::time::Instant::now();
    let wave = match ingest::read_wave(args[1].as_ref()) {
        Ok(w) => w.wave,
        Err(f) => {
            for x in f.iter().take(20) {
                eprintln!("{x}");
            }
            return;
        }
    };
    eprintln!("read {:?}", t.elapsed());
    let mut model = match ingest::read_model(&args[2], wave.minor_digits) {
        Ok(m) => m,
        Err(f) => {
            for x in f.iter() {
                eprintln!("{x}");
            }
            return;
        }
    };
    if let Some(g) = args.get(3) {
        model.solve.gap = g.parse().unwrap();
    }
    if let Some(g) = args.get(4) {
        model.solve.time_limit_s = g.parse().unwrap();
    }
    let flag = AtomicBool::new(false);
    let last = std::sync::Mutex::new((String::new(), std::time::Instant::now()));
    let control = Control::new(model.solve.time_limit_s, &flag, |p| {
        let mut l = last.lock().unwrap();
        let s = format!(
            "{:?} {:?} {:?}",
            p.stage,
            p.incumbent.map(|x| x / 100.0),
            p.bound.map(|x| x / 100.0)
        );
        if l.0 != s
            && (l.1.elapsed().as_secs_f64() > 1.0 || !l.0.starts_with(&format!("{:?}", p.stage)))
        {
            eprintln!("{:6.1} {s}", t.elapsed().as_secs_f64());
            *l = (s, std::time::Instant::now());
        }
    });
    match planning::plan_wave(&wave, &model, planning::RunInputs::default(), &control) {
        Ok(p) => println!("{}", serde_json::to_string_pretty(&p.certificate).unwrap()),
        Err(planning::PlanError::Unverified(v)) => {
            for x in v.iter().take(20) {
                println!("{x}");
            }
        }
        Err(e) => println!("{e}"),
    }
}
