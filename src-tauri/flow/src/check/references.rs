//! Expressions: what can be said about their text, and whether what they read is there.

use super::near::Near;
use super::types::Known;
use super::wiring::Wiring;
use crate::expr::root::PARTS;
use crate::expr::{Compiled, Placed, Reference, Root};
use crate::facts::path;
use crate::finding::Finding;
use std::collections::{HashMap, HashSet};

/// What an expression reads, to be looked for before its node.
struct Wanted {
    node: usize,
    other: usize,
    finding: Finding,
}

pub(super) fn check(wiring: &Wiring<'_>, near: &Near, out: &mut Vec<Finding>) {
    let names: HashMap<&str, usize> =
        wiring.flow.nodes.values().enumerate().filter_map(|(at, node)| Some((node.as_.as_deref()?, at))).collect();
    let mut in_loop = vec![false; wiring.seen.len()];
    for (owner, body) in wiring.bodies() {
        in_loop[owner] = true;
        body.into_iter().for_each(|at| in_loop[at] = true);
    }
    let mut reader = Reader { wiring, near, names, in_loop, out, wanted: Vec::new() };
    for (at, seen) in wiring.seen.iter().enumerate() {
        // Of an unknown type nobody knows which texts are expressions.
        let Some(schema) = seen.known.map(Known::schema) else { continue };
        for placed in Compiled::new(&seen.node.settings, schema).expressions() {
            reader.expression(at, placed);
        }
    }
    let wanted = reader.wanted;
    let pairs: Vec<(usize, usize)> = wanted.iter().map(|wanted| (wanted.node, wanted.other)).collect();
    let found = wiring.are_before(&pairs);
    out.extend(wanted.into_iter().zip(found).filter(|(_, is_before)| !is_before).map(|(wanted, _)| wanted.finding));
}

struct Reader<'a> {
    wiring: &'a Wiring<'a>,
    near: &'a Near,
    names: HashMap<&'a str, usize>,
    in_loop: Vec<bool>,
    out: &'a mut Vec<Finding>,
    wanted: Vec<Wanted>,
}

impl Reader<'_> {
    fn expression(&mut self, at: usize, placed: &Placed) {
        let id = &self.wiring.seen[at].node.id;
        let field = path::normal(&placed.field);
        let place = |finding: Finding, span: (u32, u32)| Finding { span: Some(span), ..finding.on_node(id).in_field(&field) };
        for issue in &placed.expression.issues {
            // It fails only where it is come to: `typeof x` does not.
            let make = if issue.code == "expression.unknown_name" { Finding::warning } else { Finding::error };
            self.out.push(place(make(issue.code, issue.message.clone(), issue.help.to_string()), issue.span));
        }
        let mut told = HashSet::new();
        for reference in placed.expression.references.iter().filter(|reference| told.insert((&reference.root, &reference.member))) {
            if let Some(finding) = self.reference(at, reference, &place) {
                self.out.push(place(finding, reference.span));
            }
        }
    }

    fn reference(&mut self, at: usize, reference: &Reference, place: &dyn Fn(Finding, (u32, u32)) -> Finding) -> Option<Finding> {
        let nodes = &self.wiring.flow.nodes;
        if let Some(member) = &reference.member {
            let meant = nodes.get_index_of(&**member).filter(|other| *other != at)?;
            let message = format!("`{member}` is read as a field of the item, not as the node of that name");
            let help = format!("write `ctx.nodes.{}.first` to read the node", self.wiring.seen[meant].node.id);
            return Some(Finding::new("expression.bare_name", crate::Severity::Info, message, help));
        }
        let (name, other, way) = match &reference.root {
            Root::Unknown(name) => {
                let help = self.near.help(name, PARTS, format!("its members are {}", super::near::listed(&PARTS)));
                return Some(Finding::error("expression.unknown_root", format!("`ctx.{name}` is not there"), help));
            }
            Root::Loop if !self.in_loop[at] => {
                let message = format!("`ctx.loop` is read, and `{}` lies in no loop", self.wiring.seen[at].node.id);
                return Some(Finding::warning("expression.no_loop", message, "lead an edge to it from a loop's `body`"));
            }
            Root::Node(id, _) => (id, nodes.get_index_of(&**id), "ctx.nodes"),
            Root::State(name) => (name, nodes.get_index_of(&**name).or_else(|| self.names.get(&**name).copied()), "ctx.state"),
            Root::Item | Root::Items | Root::Index | Root::Blobs if self.wiring.seen[at].known.is_some_and(Known::is_trigger) => {
                let help = "read `ctx.request`, `ctx.env` or `ctx.config` here";
                return Some(Finding::error("expression.no_item", "a trigger has no item to look at", help));
            }
            _ => return None,
        };
        let Some(other) = other else {
            let by_name = (way == "ctx.nodes").then(|| self.names.get(&**name)).flatten();
            let help = match by_name {
                Some(by_name) => format!("`as` names are for `ctx.state`: write `ctx.nodes.{}`", self.wiring.seen[*by_name].node.id),
                None => self.near.help(name, nodes.keys().map(String::as_str), "write the id of a node that comes before this one"),
            };
            return Some(Finding::error("reference.unknown", format!("there is no node `{name}` in this flow"), help));
        };
        let id = &self.wiring.seen[at].node.id;
        let message = if other == at {
            format!("`{id}` reads its own output, which is not there yet")
        } else {
            format!("`{id}` reads `{name}`, from which no path leads to it")
        };
        let help = format!("lead edges from `{}` to `{id}`, or read a node that comes before it", self.wiring.seen[other].node.id);
        let finding = place(Finding::error("reference.not_upstream", message, help), reference.span);
        self.wanted.push(Wanted { node: at, other, finding });
        None
    }
}
