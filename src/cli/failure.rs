//! Why a command did not do what it was asked, and how the user is told.

use crate::cli::output::{Output, print_json, tell};
use crate::cli::{Exit, findings};
use crate::diagnostics::Findings;
use crate::plan::WriteError;
use crate::planning::PlanError;
use crate::solve::HighsError;
use miette::{GraphicalReportHandler, GraphicalTheme, MietteDiagnostic};
use serde_json::json;

/// Why a command ended without its result.
#[derive(Debug)]
pub(super) enum Failure {
    /// The input is wrong.
    Findings {
        findings: Findings,
        all: bool,
    },
    Message {
        exit: Exit,
        message: String,
        help: Option<String>,
    },
}

impl Failure {
    pub(super) fn findings(findings: Findings) -> Failure {
        Failure::Findings { findings, all: false }
    }

    pub(super) fn usage(message: impl Into<String>, help: impl Into<String>) -> Failure {
        Failure::Message { exit: Exit::Usage, message: message.into(), help: Some(help.into()) }
    }

    pub(super) fn internal(message: impl Into<String>) -> Failure {
        Failure::Message { exit: Exit::Internal, message: message.into(), help: None }
    }

    /// Tells the user on stderr, and on stdout as JSON where that is asked for.
    pub(super) fn tell(self, output: Output) -> Exit {
        let (exit, value) = match self {
            Failure::Findings { findings, all } => {
                if !output.json {
                    tell(&findings::render(&findings, all));
                }
                (Exit::BadData, json!({ "findings": findings }))
            }
            Failure::Message { exit, message, help } => {
                tell(&render(&message, help.as_deref()));
                (exit, json!({ "error": { "message": message, "help": help } }))
            }
        };
        if output.json {
            // Where stdout cannot be written either, the exit code remains.
            let _ = print_json(&value);
        }
        exit
    }
}

fn render(message: &str, help: Option<&str>) -> String {
    let mut diagnostic = MietteDiagnostic::new(message);
    diagnostic.help = help.map(str::to_owned);
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor());
    let mut text = String::new();
    match handler.with_width(100).render_report(&mut text, &diagnostic) {
        Ok(()) => text,
        Err(_) => message.to_owned(),
    }
}

impl From<PlanError> for Failure {
    fn from(error: PlanError) -> Failure {
        match error {
            PlanError::UnknownMethod(_) => {
                Failure::usage(error.to_string(), "name one of the methods in `plan --help`")
            }
            PlanError::Solver(error) => Failure::from(error),
            PlanError::Unverified(violations) => {
                let first: Vec<String> =
                    violations.iter().take(5).map(|violation| format!("- {violation}")).collect();
                Failure::Message {
                    exit: Exit::Internal,
                    message: format!(
                        "the plan found breaks {} rules, so it is not given out:\n{}",
                        violations.len(),
                        first.join("\n")
                    ),
                    help: Some("this is a mistake of the program: please report it".to_owned()),
                }
            }
        }
    }
}

impl From<HighsError> for Failure {
    fn from(error: HighsError) -> Failure {
        let message = format!("the solver ended without a plan: {error}");
        Failure::Message { exit: Exit::NoPlan, message, help: None }
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Failure {
        match error {
            WriteError::NotAPlan { .. } => Failure::usage(
                error.to_string(),
                "name a folder that does not exist, is empty or holds a plan",
            ),
            WriteError::NotAFolder(_)
            | WriteError::NotAComparison(_)
            | WriteError::NotASweep(_)
            | WriteError::NotASimulation(_) => Failure::usage(
                error.to_string(),
                "name a folder that does not exist, is empty or holds what is to be replaced",
            ),
            error => Failure::internal(format!("the output is not written: {error}")),
        }
    }
}
