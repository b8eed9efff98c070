//! Ctrl-C: the best plan so far is verified and written, and says what it is.

use crate::program::{Place, names};
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;
use wavewright::ingest::{digests, model_to_json, read_model, read_wave};
use wavewright::plan::{Status, StoppedBy, write_plan};
use wavewright::planning::{RunInputs, plan_wave};
use wavewright::solve::Control;

const WAVE: &str = "generate --orders 300 --nodes 12 --skus 60 --seed 1 --out DIR/wave --quiet";

/// Tests that a method which has to stop from the start still gives a plan that passes, whose
/// certificate says what happened.
#[test]
fn a_stopped_plan_is_verified_and_honest() {
    let place = Place::new();
    assert_eq!(place.run(WAVE).code, 0);
    let folder = place.path("wave");
    let wave = read_wave(&folder).unwrap().wave;
    let mut model = read_model("cost", wave.minor_digits).unwrap();
    model.solve.gap = 0.0;
    let inputs = RunInputs {
        digests: digests(&folder, "cost").unwrap(),
        model: model_to_json(&model, wave.minor_digits),
        ..RunInputs::default()
    };
    let (yes, no) = (AtomicBool::new(true), AtomicBool::new(false));
    let large = || Some(2 << 40);
    for (control, stopped_by) in [
        (Control::new(f64::INFINITY, &yes, |_| ()), StoppedBy::Interrupt),
        (Control::new(0.0, &no, |_| ()), StoppedBy::TimeLimit),
        (
            Control::new(f64::INFINITY, &no, |_| ()).with_memory_limit(1 << 40, large),
            StoppedBy::MemoryLimit,
        ),
    ] {
        let plan = plan_wave(&wave, &model, inputs.clone(), &control).unwrap();
        assert_eq!(plan.certificate.status, Status::GapOpen);
        assert_eq!(plan.certificate.stopped_by, stopped_by);
        assert!(plan.certificate.gap.is_some_and(|gap| gap > 0.0), "{:?}", plan.certificate.gap);
        write_plan(&wave, &plan, &place.path("plan"), false).unwrap();
        let ran = place.run("verify DIR/wave DIR/plan");
        assert_eq!(ran.code, 0, "{ran:?}");
    }
}

/// Tests that a memory limit which no program keeps to ends a run with a plan, whose certificate
/// and summary name the limit.
#[test]
#[cfg(target_os = "linux")]
fn a_memory_limit_is_named() {
    let place = Place::new();
    assert_eq!(place.run(WAVE).code, 0);
    let ran = place.run("plan DIR/wave --model cost --gap 0 --memory-limit 1KiB --out DIR/plan -q");
    assert_eq!(ran.code, 4, "{ran:?}");
    assert!(ran.stdout.contains("stopped by the memory limit"), "{}", ran.stdout);
    let certificate = std::fs::read_to_string(place.path("plan").join("certificate.json")).unwrap();
    assert!(certificate.contains("\"stopped_by\": \"memory_limit\""), "{certificate}");
}

/// Tests a real Ctrl-C after the first plan: whether it comes in time or not, there is a plan that
/// passes, and the exit code says whether its gap is open.
#[test]
#[cfg(unix)]
fn ctrl_c_leaves_a_verified_plan() {
    let place = Place::new();
    assert_eq!(place.run(WAVE).code, 0);
    let mut child = place
        .command("plan DIR/wave --model cost --gap 0 --out DIR/plan --json")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("first plan") {
        line.clear();
        assert!(stderr.read_line(&mut line).unwrap() > 0, "the program ended early");
    }
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    // Its end is the program's: reading on keeps the pipe from filling up.
    stderr.read_to_string(&mut line).unwrap();
    let ran = place.ran(child.wait_with_output().unwrap());
    let certificate = &ran.json()["certificate"];
    match ran.code {
        0 => assert_eq!(certificate["status"], "optimal"),
        4 => {
            assert_eq!(certificate["status"], "gap_open");
            assert_eq!(certificate["stopped_by"], "interrupt");
        }
        other => panic!("exit code {other}: {line}"),
    }
    assert_eq!(place.names(), ["plan", "wave"]);
    assert!(names(&place.path("plan")).contains(&"certificate.json".to_owned()));
    let verified = place.run("verify DIR/wave DIR/plan");
    assert_eq!(verified.code, 0, "{verified:?}");
}
