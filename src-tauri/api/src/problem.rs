//! Problems of every layer, in the one shape screens know.

use crate::types::{Finding, Json, Problem, Severity};

pub fn problem(code: &str, message: impl Into<String>, help: &str) -> Problem {
    Problem { code: code.into(), message: message.into(), help: help.into(), node: None, field: None, item: None, details: None }
}

impl From<weft_node::Problem> for Problem {
    fn from(problem: weft_node::Problem) -> Self {
        Problem {
            code: problem.code,
            message: problem.message,
            help: problem.help,
            node: problem.node,
            field: problem.field,
            item: problem.item,
            details: (!problem.details.is_null()).then(|| Json(problem.details.into())),
        }
    }
}

impl From<weft_flow::Finding> for Finding {
    fn from(finding: weft_flow::Finding) -> Self {
        Finding {
            code: finding.code.into(),
            severity: match finding.severity {
                weft_flow::Severity::Error => Severity::Error,
                weft_flow::Severity::Warning => Severity::Warning,
                weft_flow::Severity::Info => Severity::Info,
            },
            message: finding.message,
            help: finding.help,
            node: finding.node,
            field: finding.field,
            edge: finding.edge,
            line: finding.line,
            column: finding.column,
            span: finding.span,
        }
    }
}

impl From<weft_store::Error> for Problem {
    fn from(error: weft_store::Error) -> Self {
        weft_node::Problem::from(error).into()
    }
}
