//! Why an edit or a stored document was refused.

/// Texts are sentences for the person who made the edit.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    #[error("this flow is written in format {0}, newer than this program: it is read-only until the program is updated")]
    Newer(u32),
    #[error("there is no node, block or edge `{0}` in this flow; it may have been removed meanwhile")]
    Unknown(String),
    #[error("`{0}` is no id: use lower-case letters, digits and _, beginning with a letter")]
    BadId(String),
    #[error("the id `{0}` is taken: choose another")]
    Taken(String),
    #[error("`{from}` -> `{to}` is no edge: name a node and a port at each end")]
    BadEdge { from: String, to: String },
    #[error("`{field}` cannot be set: {why}")]
    BadField { field: String, why: &'static str },
    #[error("{0}")]
    BadValue(&'static str),
    #[error("the text changed too often since revision {seen}: take the new text and edit again")]
    Stale { seen: u32 },
    #[error("the flow would become larger than {0} MiB: keep large data in files and read them in the flow")]
    TooLarge(usize),
    #[error("what was pasted is no piece of a flow: {0}")]
    BadPaste(String),
    #[error("the stored document cannot be read: {0}")]
    Document(String),
}
