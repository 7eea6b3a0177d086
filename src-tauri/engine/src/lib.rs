//! Runs a flow and hands every step to a [`journal`].
//!
//! Deliberately absent: disk, network, clock. The engine persists only through its journal and acts only
//! through the world it is handed. The rules it follows are SEMANTICS.md, section by section.

pub mod journal;
