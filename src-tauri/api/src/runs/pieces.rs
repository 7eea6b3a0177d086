//! Where the items of a node's input or output lie: slices of stored batches.

use super::Drawn;
use weft_engine::journal::{Chunk, InputRef, StepId, Stored};
use weft_engine::state::StepState;

/// Some items of one stored batch.
#[derive(Clone)]
pub struct Piece<'a> {
    /// The step whose input or output this is a part of.
    pub step: StepId,
    /// The step and emission that made the items; none for what an iteration of a loop gave to the next.
    pub origin: Option<(StepId, u32)>,
    pub stored: &'a Stored,
    pub from: u32,
    pub to: u32,
}

impl Piece<'_> {
    pub fn len(&self) -> u32 {
        self.to - self.from
    }
}

impl Drawn {
    /// What came out of a port of a node, over all its steps.
    pub fn out_pieces(&self, node: &str, port: usize) -> Vec<Piece<'_>> {
        self.steps_of(node).into_iter().flat_map(|step| self.given(step, port)).collect()
    }

    /// What went into a port of a node, over all its steps.
    pub fn in_pieces(&self, node: &str, port: usize) -> Vec<Piece<'_>> {
        self.steps_of(node).into_iter().flat_map(|step| self.taken(step, port)).collect()
    }

    pub fn steps_of(&self, node: &str) -> Vec<&StepState> {
        self.state.steps.values().filter(|step| step.node == node).collect()
    }

    /// What a step gave on a port.
    pub fn given(&self, step: &StepState, port: usize) -> Vec<Piece<'_>> {
        let Some((_, step)) = self.state.steps.get_key_value(&step.id) else { return Vec::new() };
        let emitted = step.emissions.iter().enumerate().filter(|(_, emission)| emission.port as usize == port);
        let mut pieces: Vec<Piece<'_>> =
            emitted.map(|(number, emission)| whole(step.id, Some((step.id, number as u32)), &emission.items)).collect();
        if port == 0 {
            pieces.extend((0..step.turns.len()).flat_map(|turn| self.chunk(step, turn)));
        }
        pieces
    }

    /// What a step was given on a port.
    pub fn taken(&self, step: &StepState, port: usize) -> Vec<Piece<'_>> {
        let inputs = step.inputs.iter().filter(|input| input.port as usize == port);
        inputs.flat_map(|input| self.delivered(input)).map(|piece| Piece { step: step.id, ..piece }).collect()
    }

    fn delivered(&self, input: &InputRef) -> Vec<Piece<'_>> {
        let Some(source) = self.state.steps.get(&input.step) else { return Vec::new() };
        match self.state.emission(source, input.out_port, input.emission) {
            Some(stored) => vec![whole(source.id, Some((source.id, input.emission)), stored)],
            None => self.chunk(source, input.emission as usize),
        }
    }

    /// What one turn of a loop was given.
    fn chunk<'a>(&'a self, step: &'a StepState, turn: usize) -> Vec<Piece<'a>> {
        match step.turns.get(turn).map(|turn| turn.chunk) {
            Some(Chunk::Input { from, to }) => {
                slice(self.taken(step, 0), from, to).into_iter().map(|piece| Piece { step: step.id, ..piece }).collect()
            }
            Some(Chunk::Last) => {
                let before = turn.checked_sub(1).and_then(|before| step.turns.get(before)?.result.as_ref());
                before.map(|stored| whole(step.id, None, stored)).into_iter().collect()
            }
            None => Vec::new(),
        }
    }
}

fn whole<'a>(step: StepId, origin: Option<(StepId, u32)>, stored: &'a Stored) -> Piece<'a> {
    Piece { step, origin, stored, from: 0, to: stored.len() as u32 }
}

/// Positions `[from, to)` of pieces laid end to end.
pub fn slice(pieces: Vec<Piece<'_>>, from: u32, to: u32) -> Vec<Piece<'_>> {
    let mut before = 0;
    let mut out = Vec::new();
    for piece in pieces {
        let (begin, end) = (before, before + piece.len());
        before = end;
        let (a, b) = (from.max(begin), to.min(end));
        if a < b {
            out.push(Piece { from: piece.from + (a - begin), to: piece.from + (b - begin), ..piece });
        }
    }
    out
}
