//! What a node is: the trait it implements, the item that travels, and the context through which alone it
//! reaches the world.
//!
//! Deliberately absent: any disk, network, clock or process. Those come through [`World`].

pub mod value;

pub use value::{Map, Number, Value};
