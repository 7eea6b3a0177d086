//! The TypeScript of the call list: shapes and calls, as `ui/src/api/generated.ts` has them.

use crate::list::{CALLS, register};
use std::fmt::Write;

/// The whole file.
///
/// # Errors
/// Where a shape cannot be said in TypeScript: a mistake in [`crate::types`].
pub fn generate() -> Result<String, specta_typescript::Error> {
    let types = register(specta::Types::default());
    let mut text = specta_typescript::Typescript::default()
        .header("// Generated from src-tauri/api/src by `./dev types`: edit the shapes there.\n")
        .export(&types, specta_serde::Format)?;
    text.push_str("\n/** Every call: what it takes and what it gives. */\nexport interface Calls {\n");
    for (name, doc, takes, gives) in CALLS {
        writeln!(text, "\t/** {} */\n\t{name}: {{ in: {takes}; out: {gives} }};", doc.trim()).expect("text grows");
    }
    text.push_str("}\n");
    Ok(text)
}

#[cfg(test)]
mod tests {
    /// `ui/src/api/generated.ts` is what this program speaks, apart from how it is formatted.
    #[test]
    fn the_interface_speaks_the_same_shapes() {
        let words = |text: &str| {
            text.split_whitespace()
                .flat_map(|word| word.split([';', ',', '|', '(', ')', '"', '\'']))
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/src/api/generated.ts");
        let there = std::fs::read_to_string(path).expect("the interface has its generated file");
        assert_eq!(words(&there), words(&super::generate().expect("every shape is TypeScript")), "run ./dev types");
    }
}
