//! Everything the program can do, as one list of typed calls and one stream of events.
//!
//! The api has no transport: the desktop window, the server, the local socket and the command line
//! all call [`calls`]. Each subject has a file there; the shapes they speak are in [`types`].

pub mod types;
