//! What is wrong with a flow, where it stands, and what to do about it.

/// How bad it is. An error keeps the flow from running.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Error,
    Warning,
    Info,
}

/// One remark of the reader or of a check. Places are filled in where the file is known (see [`crate::Spans`]).
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Stable name, also of its help page: `file.anchor`, `edge.dangling`.
    pub code: &'static str,
    pub severity: Severity,
    /// One sentence that says what is wrong.
    pub message: String,
    /// One sentence that says what to do.
    pub help: String,
    pub node: Option<String>,
    /// Path inside the node, block or edge: `settings/url`, `settings/measures/0/field`; of the flow itself where none of them is named.
    pub field: Option<String>,
    /// Both ports written: `fetch.out -> clean.in`.
    pub edge: Option<String>,
    /// Place in the file, from 1.
    pub line: Option<u32>,
    pub column: Option<u32>,
    /// A piece inside the field's text, `[from, to)` in characters.
    pub span: Option<(u32, u32)>,
}

impl Finding {
    pub fn new(code: &'static str, severity: Severity, message: impl Into<String>, help: impl Into<String>) -> Self {
        Finding {
            code,
            severity,
            message: message.into(),
            help: help.into(),
            node: None,
            field: None,
            edge: None,
            line: None,
            column: None,
            span: None,
        }
    }

    pub fn error(code: &'static str, message: impl Into<String>, help: impl Into<String>) -> Self {
        Finding::new(code, Severity::Error, message, help)
    }

    pub fn warning(code: &'static str, message: impl Into<String>, help: impl Into<String>) -> Self {
        Finding::new(code, Severity::Warning, message, help)
    }

    #[must_use]
    pub fn on_node(mut self, node: &str) -> Self {
        self.node = Some(node.into());
        self
    }

    #[must_use]
    pub fn in_field(mut self, field: &str) -> Self {
        self.field = Some(field.into());
        self
    }

    #[must_use]
    pub fn on_edge(mut self, edge: impl Into<String>) -> Self {
        self.edge = Some(edge.into());
        self
    }

    /// Line and column, both from 1.
    #[must_use]
    pub fn at(mut self, line: u32, column: u32) -> Self {
        (self.line, self.column) = (Some(line), Some(column));
        self
    }
}

impl std::fmt::Display for Finding {
    /// `line 3, column 5: message; help`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let (Some(line), Some(column)) = (self.line, self.column) {
            write!(f, "line {line}, column {column}: ")?;
        }
        write!(f, "{}", self.message)?;
        if !self.help.is_empty() {
            write!(f, "; {}", self.help)?;
        }
        Ok(())
    }
}
