//! Help, wrong arguments, and what is printed for other programs.

use crate::program::{Place, STORES};
use snapbox::{assert_data_eq, file};

const COMMANDS: [&str; 18] = [
    "generate",
    "check",
    "plan",
    "compare",
    "verify",
    "report",
    "sweep",
    "simulate",
    "init",
    "events",
    "events apply",
    "events list",
    "events check",
    "replan",
    "release",
    "schema",
    "export-model",
    "completions",
];

/// Tests that the page about the command line is what the help texts say.
#[test]
fn the_reference_is_up_to_date() {
    assert_data_eq!(wavewright::cli::reference(), file!["../../docs/guide/cli.md"].raw());
}

/// Tests that each command has help with examples and exit codes, and is in the program's help.
#[test]
fn every_command_has_help() {
    let place = Place::new();
    let all = place.run("--help");
    assert_eq!((all.code, &*all.stderr), (0, ""));
    for command in COMMANDS {
        if !command.contains(' ') {
            assert!(all.stdout.contains(&format!("  {command} ")), "{command}");
        }
        let help = place.run(&format!("{command} --help"));
        assert_eq!(help.code, 0);
        for part in ["Examples:\n  wavewright", "Exit codes:", "--json", "--quiet"] {
            assert!(help.stdout.contains(part), "{command}: {part}");
        }
    }
    assert!(place.run("--version").stdout.starts_with("wavewright "));
}

/// Tests that arguments which cannot be used end with 2 and say why, before any work is done.
#[test]
fn wrong_arguments_are_refused() {
    let place = Place::new();
    let cases = [
        ("", "Usage:"),
        ("fly", "unrecognized subcommand"),
        ("plan datasets/quickstart", "--out <DIR>"),
        ("plan datasets/quickstart --out DIR/p --method magic", "possible values"),
        ("plan datasets/quickstart --out DIR/p --gap=-1", "not a number from 0"),
        ("plan datasets/quickstart --out DIR/p --time-limit soon", "not a number from 0"),
        ("plan datasets/quickstart --out DIR/p --memory-limit lots", "not a size such as 4GiB"),
        ("plan datasets/quickstart --out DIR/p --seed 9223372036854775808", "9223372036854775807"),
        ("plan nowhere --out src", "belongs to no plan"),
        ("plan nowhere --out Cargo.toml", "is not a folder"),
        ("generate --regime calm --out DIR/w", "possible values"),
        ("generate --nodes 4 --out DIR/w", "must be from 5 to 10000"),
        ("generate --out src", "is there already"),
        ("export-model datasets/quickstart --out DIR/program.txt", "has no format"),
        ("export-model datasets/quickstart --out DIR/none/program.lp", "is no folder"),
        ("init datasets/quickstart", "--state <STATE>"),
        ("init datasets/quickstart --state src", "there is a state at src already"),
        ("init datasets/quickstart --state mysql://a/b", "neither a file nor a URL of PostgreSQL"),
        ("events", "Usage:"),
        ("events list --state DIR/none", "there is no state at DIR/none"),
        ("events list --state Cargo.toml", "Cargo.toml is no state of wavewright"),
        ("events apply a.jsonl --state DIR/none", "make one: wavewright init"),
        ("events apply a.jsonl --state DIR/none --batch 0", "not in 1..=1000000"),
        ("events list --all --last 3 --state DIR/none", "cannot be used with"),
        ("schema orders", "possible values"),
        ("completions cmd", "possible values"),
    ];
    for (args, why) in cases {
        let ran = place.run(args);
        assert_eq!((ran.code, &*ran.stdout), (2, ""), "{args}: {ran:?}");
        assert!(ran.stderr.contains(why), "{args}: {}", ran.stderr);
    }
    assert!(place.names().is_empty());
}

/// Tests that a command which fails says why as JSON too.
#[test]
fn failures_are_told_as_json() {
    let place = Place::new();
    let ran = place.run("plan nowhere --out src --json");
    assert_eq!(ran.code, 2);
    let error = &ran.json()["error"];
    assert!(error["message"].as_str().unwrap().contains("belongs to no plan"), "{error}");
    assert!(error["help"].as_str().unwrap().contains("name a folder"), "{error}");
}

/// Tests that schemas are JSON, one by one and together.
#[test]
fn schemas_are_printed() {
    let place = Place::new();
    let all = place.run("schema").json();
    for part in ["wave", "model", "tables"] {
        let ran = place.run(&format!("schema {part}"));
        assert_eq!(ran.json(), all[part]);
    }
    assert_eq!(all["wave"]["title"], "wave.toml");
    assert!(all["tables"].as_array().unwrap().iter().any(|table| table["name"] == "orders"));
}

/// Tests that every shell gets a script that knows the commands.
#[test]
fn completions_know_the_commands() {
    let place = Place::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = place.run(&format!("completions {shell}")).stdout;
        assert!(script.contains("export-model"), "{shell}");
        let json = place.run(&format!("completions {shell} --json")).json();
        assert_eq!(json["script"].as_str().unwrap().trim_end(), script.trim_end());
    }
}

/// Tests that a reader who has seen enough does not make the program fail.
#[test]
fn a_closed_pipe_is_no_failure() {
    let place = Place::new();
    let mut command = place.command("schema");
    let mut child = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

/// Tests that quiet means no word on stderr.
#[test]
fn quiet_is_silent() {
    let place = Place::new();
    let loud = place.run(&format!("plan {STORES} --out DIR/plan"));
    assert!(loud.stderr.contains("first plan: incumbent 39.00, bound -"), "{}", loud.stderr);
    let quiet = place.run(&format!("plan {STORES} --out DIR/plan --quiet"));
    assert_eq!((quiet.code, &*quiet.stderr), (0, ""));
    assert_eq!(quiet.stdout, loud.stdout);
}
