//! The whole program as a person or another program meets it: the real `weft`, in folders of its own.

mod command_line;
mod place;
mod sample;
mod server;
