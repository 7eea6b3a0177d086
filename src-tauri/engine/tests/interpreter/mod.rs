//! The obvious interpreter: one thread, no counters, everything looked up anew from what was delivered. It is told in which
//! order steps ended and says what each of them must have given.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use weft_engine::journal::StepId;
use weft_flow::{Disabled, Flow, Join, OnError};
use weft_node::Value;

/// An item with, for every loop around it, the places in the loop's input that it came from. None = not known.
#[derive(Clone, Debug)]
pub struct It {
    pub json: Value,
    pub from: Option<Vec<(u16, u32)>>,
    pub err: bool,
    marks: Marks,
}

/// Places by loop step.
#[derive(Clone, Debug, Default)]
struct Marks {
    known: BTreeMap<usize, Option<BTreeSet<u32>>>,
    /// Nothing is known of the loops that are not named.
    rest_unknown: bool,
}

impl Marks {
    fn of(&self, step: usize) -> Option<BTreeSet<u32>> {
        self.known.get(&step).cloned().unwrap_or_else(|| (!self.rest_unknown).then(BTreeSet::new))
    }

    fn add(&mut self, other: &Marks) {
        let keys: BTreeSet<usize> = self.known.keys().chain(other.known.keys()).copied().collect();
        let both = |step: usize| Some(&self.of(step)? | &other.of(step)?);
        self.known = keys.into_iter().map(|step| (step, both(step))).collect();
        self.rest_unknown |= other.rest_unknown;
    }

    fn unknown() -> Marks {
        Marks { known: BTreeMap::new(), rest_unknown: true }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    Delivered,
    Empty,
    NotTaken,
}

struct Step {
    id: StepId,
    node: usize,
    scope: usize,
    by: Option<(usize, usize, u32)>,
    ports: Vec<Vec<It>>,
    outs: Vec<(usize, Vec<It>)>,
    chunks: Vec<Vec<It>>,
    open: bool,
}

#[derive(Default)]
struct Scope {
    path: Vec<(String, u32)>,
    owner: Option<usize>,
    opener: Option<(usize, u32)>,
    failed: bool,
}

pub struct Interpreter<'a> {
    flow: &'a Flow,
    run: uuid::Uuid,
    steps: Vec<Step>,
    scopes: Vec<Scope>,
    delivered: HashMap<(usize, usize), Vec<(usize, u32)>>,
    closed: HashMap<(usize, usize), Why>,
    finished: HashSet<(usize, usize)>,
    pub dropped: usize,
    /// What never changes: ends of edges, loops around nodes, cycles, in-edges.
    facts: Facts,
}

#[derive(Default)]
struct Facts {
    ends: Vec<(usize, usize, usize, usize)>,
    around: Vec<Option<usize>>,
    cycles: Vec<BTreeSet<usize>>,
    in_edges: Vec<Vec<usize>>,
}

impl<'a> Interpreter<'a> {
    pub fn new(flow: &'a Flow, run: uuid::Uuid, start: &str) -> Self {
        let mut it = Interpreter {
            flow,
            run,
            steps: Vec::new(),
            scopes: vec![Scope::default()],
            delivered: HashMap::new(),
            closed: HashMap::new(),
            finished: HashSet::new(),
            dropped: 0,
            facts: Facts::default(),
        };
        let nodes = 0..flow.nodes.len();
        it.facts.ends = (0..flow.edges.len()).map(|edge| it.find_ends(edge)).collect();
        it.facts.in_edges = nodes.clone().map(|node| it.find_in_edges(node)).collect();
        it.facts.around = nodes.clone().map(|node| it.find_around(node)).collect();
        it.facts.cycles = nodes.map(|node| it.find_cycle(node)).collect();
        let start = it.at(start);
        it.activate(0, start, vec![0], None, Vec::new());
        it.settle();
        it
    }

    /// A step ended well: what it gave, by port.
    pub fn finish(&mut self, id: StepId, body: &[i64]) -> Vec<(usize, Vec<It>)> {
        let step = self.find(id);
        let outs = self.outputs(step, body);
        self.steps[step].open = false;
        self.steps[step].outs = outs.clone();
        for (emission, (port, _)) in outs.iter().enumerate() {
            self.emit(self.steps[step].scope, step, *port, emission as u32);
        }
        self.settle();
        outs
    }

    pub fn fail(&mut self, id: StepId) {
        let step = self.find(id);
        self.steps[step].open = false;
        // Outwards, as far as loops stop at errors of their iterations.
        let mut scope = self.steps[step].scope;
        loop {
            self.scopes[scope].failed = true;
            match self.scopes[scope].opener {
                Some((opener, _)) if self.flow.nodes[self.steps[opener].node].on_error == OnError::Stop => scope = self.steps[opener].scope,
                _ => break,
            }
        }
    }

    /// A step was cancelled because of what happened around it.
    pub fn cancel(&mut self, id: StepId) {
        let step = self.find(id);
        self.steps[step].open = false;
    }

    /// Whether nothing new starts in a scope: it failed, or one around it did.
    fn over(&self, mut scope: usize) -> bool {
        loop {
            if self.scopes[scope].failed {
                return true;
            }
            match self.scopes[scope].opener {
                Some((opener, _)) => scope = self.steps[opener].scope,
                None => return false,
            }
        }
    }

    /// Whether anything could still run.
    pub fn left(&self) -> Vec<String> {
        self.steps
            .iter()
            .filter(|step| step.open && !self.over(step.scope))
            .map(|step| format!("{} {:?}", self.flow.nodes[step.node].id, self.scopes[step.scope].path))
            .collect()
    }

    fn find(&self, id: StepId) -> usize {
        let found = self.steps.iter().position(|step| step.id == id && step.open);
        found.unwrap_or_else(|| panic!("{id} ended, but only these could: {:?}", self.left()))
    }

    fn at(&self, id: &str) -> usize {
        self.flow.nodes.get_index_of(id).unwrap()
    }

    fn kind(&self, node: usize) -> &str {
        &self.flow.nodes[node].kind
    }

    fn set(&self, node: usize, key: &str) -> i64 {
        self.flow.nodes[node].settings.get(key).and_then(Value::as_i64).unwrap_or(0)
    }

    fn ins(&self, node: usize) -> &'static [&'static str] {
        match self.kind(node) {
            "t.both" => &["left", "right"],
            "t.loop" => &["in", "back"],
            _ => &["in"],
        }
    }

    fn outs(&self, node: usize) -> Vec<&'static str> {
        let mut outs = match self.kind(node) {
            "t.parity" => vec!["even", "odd"],
            "t.turn" => vec!["again", "out"],
            "t.loop" => vec!["body", "done"],
            _ => vec!["out"],
        };
        if self.flow.nodes[node].on_error == OnError::Port {
            outs.push("error");
        }
        outs
    }

    fn ends(&self, edge: usize) -> (usize, usize, usize, usize) {
        self.facts.ends[edge]
    }

    fn in_edges(&self, node: usize) -> Vec<usize> {
        self.facts.in_edges[node].clone()
    }

    fn around(&self, node: usize) -> Option<usize> {
        self.facts.around[node]
    }

    fn cycle(&self, node: usize) -> BTreeSet<usize> {
        self.facts.cycles[node].clone()
    }

    fn find_ends(&self, edge: usize) -> (usize, usize, usize, usize) {
        let edge = &self.flow.edges[edge];
        let (from, to) = (self.at(&edge.from), self.at(&edge.to));
        let from_port = self.outs(from).iter().position(|port| *port == edge.from_port).unwrap();
        let to_port = self.ins(to).iter().position(|port| *port == edge.to_port).unwrap();
        (from, from_port, to, to_port)
    }

    fn is_back(&self, edge: usize) -> bool {
        let (.., to, port) = self.ends(edge);
        self.kind(to) == "t.loop" && port == 1
    }

    fn is_body(&self, edge: usize) -> bool {
        let (from, port, ..) = self.ends(edge);
        self.kind(from) == "t.loop" && port == 0
    }

    /// In-edges in canonical order, without a loop's `back`.
    fn find_in_edges(&self, node: usize) -> Vec<usize> {
        let mut edges: Vec<usize> = (0..self.flow.edges.len()).filter(|edge| self.ends(*edge).2 == node && !self.is_back(*edge)).collect();
        edges.sort_by_key(|edge| (self.ends(*edge).3, *edge));
        edges
    }

    fn reach(&self, from: Vec<usize>, not: Option<usize>) -> BTreeSet<usize> {
        let (mut seen, mut open) = (BTreeSet::new(), from);
        while let Some(node) = open.pop() {
            if Some(node) != not && seen.insert(node) {
                open.extend((0..self.flow.edges.len()).filter(|edge| self.ends(*edge).0 == node).map(|edge| self.ends(edge).2));
            }
        }
        seen
    }

    fn body(&self, owner: usize) -> BTreeSet<usize> {
        let first =
            (0..self.flow.edges.len()).filter(|edge| self.is_body(*edge) && self.ends(*edge).0 == owner).map(|edge| self.ends(edge).2);
        self.reach(first.collect(), Some(owner))
    }

    /// The innermost loop around a node.
    fn find_around(&self, node: usize) -> Option<usize> {
        let loops = (0..self.flow.nodes.len()).filter(|at| self.kind(*at) == "t.loop");
        loops.map(|at| (at, self.body(at))).filter(|(_, body)| body.contains(&node)).min_by_key(|(_, body)| body.len()).map(|(at, _)| at)
    }

    /// The nodes of the free cycle that a node lies in.
    fn find_cycle(&self, node: usize) -> BTreeSet<usize> {
        let step = |at: usize| -> Vec<usize> {
            let edges = (0..self.flow.edges.len()).filter(|edge| self.ends(*edge).0 == at && !self.is_back(*edge) && !self.is_body(*edge));
            edges.map(|edge| self.ends(edge).2).collect()
        };
        let reach = |from: usize| {
            let (mut seen, mut open) = (BTreeSet::new(), step(from));
            while let Some(at) = open.pop() {
                if seen.insert(at) {
                    open.extend(step(at));
                }
            }
            seen
        };
        let ahead = reach(node);
        if !ahead.contains(&node) { BTreeSet::new() } else { ahead.into_iter().filter(|other| reach(*other).contains(&node)).collect() }
    }

    fn join(&self, node: usize) -> Join {
        self.flow.nodes[node].join.unwrap_or(match self.kind(node) {
            "t.sum" | "t.both" | "t.loop" => Join::All,
            _ => Join::Each,
        })
    }

    fn activate(
        &mut self,
        scope: usize,
        node: usize,
        cause: Vec<u8>,
        by: Option<(usize, usize, u32)>,
        deliveries: Vec<(usize, usize, u32)>,
    ) {
        let mut bytes = self.run.as_bytes().to_vec();
        let text = |bytes: &mut Vec<u8>, text: &str| {
            bytes.extend((text.len() as u32).to_le_bytes());
            bytes.extend(text.bytes());
        };
        text(&mut bytes, &self.flow.nodes[node].id);
        bytes.extend((self.scopes[scope].path.len() as u32).to_le_bytes());
        for (id, iteration) in &self.scopes[scope].path {
            text(&mut bytes, id);
            bytes.extend(iteration.to_le_bytes());
        }
        bytes.extend(cause);
        let id = StepId(blake3::hash(&bytes).as_bytes()[..16].try_into().unwrap());
        let mut ports = vec![Vec::new(); self.ins(node).len()];
        for (edge, step, emission) in deliveries {
            ports[self.ends(edge).3].extend(self.items(edge, step, emission));
        }
        self.steps.push(Step { id, node, scope, by, ports, outs: Vec::new(), chunks: Vec::new(), open: true });
        let step = self.steps.len() - 1;
        if self.kind(node) == "t.loop" && self.flow.nodes[node].disabled.is_none() {
            let size = self.set(node, "size").max(1) as usize;
            let chunks: Vec<Vec<It>> = self.steps[step].ports[0].chunks(size).map(<[It]>::to_vec).collect();
            for (i, mut chunk) in chunks.into_iter().enumerate() {
                for (at, item) in chunk.iter_mut().enumerate() {
                    item.marks.known.insert(step, Some([(i * size + at) as u32].into()));
                }
                self.steps[step].chunks.push(chunk);
                let mut path = self.scopes[scope].path.clone();
                path.push((self.flow.nodes[node].id.clone(), i as u32));
                self.scopes.push(Scope { path, owner: Some(node), opener: Some((step, i as u32)), failed: false });
                let inner = self.scopes.len() - 1;
                self.emit(inner, step, 0, i as u32);
                for edge in (0..self.flow.edges.len()).filter(|edge| self.is_body(*edge) && self.ends(*edge).0 == node).collect::<Vec<_>>()
                {
                    self.closed.insert((inner, edge), Why::Delivered);
                }
            }
        }
    }

    fn items(&self, edge: usize, step: usize, emission: u32) -> Vec<It> {
        if self.is_body(edge) {
            self.steps[step].chunks[emission as usize].clone()
        } else {
            self.steps[step].outs[emission as usize].1.clone()
        }
    }

    fn emit(&mut self, scope: usize, step: usize, port: usize, emission: u32) {
        for edge in 0..self.flow.edges.len() {
            let (from, from_port, to, _) = self.ends(edge);
            if from != self.steps[step].node
                || from_port != port
                || self.is_body(edge) != (self.scopes[scope].opener.is_some_and(|(opener, _)| opener == step))
            {
                continue;
            }
            self.delivered.entry((scope, edge)).or_default().push((step, emission));
            if self.over(scope) || self.is_back(edge) || self.flow.nodes[to].disabled == Some(Disabled::Off) {
                continue;
            }
            let fired = self.steps.iter().any(|step| step.node == to && step.scope == scope);
            match self.join(to) {
                Join::Each => {
                    let mut cause = vec![2];
                    let id = self.flow.edges[edge].id();
                    cause.extend((id.len() as u32).to_le_bytes());
                    cause.extend(id.bytes());
                    cause.extend(self.steps[step].id.0);
                    cause.extend(emission.to_le_bytes());
                    self.activate(scope, to, cause, Some((edge, step, emission)), vec![(edge, step, emission)]);
                }
                Join::Any | Join::N(_) if fired => self.dropped += 1,
                Join::Any => self.activate(scope, to, vec![1], None, vec![(edge, step, emission)]),
                Join::N(n) => {
                    if self.in_edges(to).iter().filter(|edge| self.delivered.contains_key(&(scope, **edge))).count() as u32 >= n {
                        let all = self.gather(scope, to);
                        self.activate(scope, to, vec![1], None, all);
                    }
                }
                Join::All | Join::Zip => {}
            }
        }
    }

    fn gather(&self, scope: usize, node: usize) -> Vec<(usize, usize, u32)> {
        self.in_edges(node)
            .into_iter()
            .flat_map(|edge| self.sorted(scope, edge).into_iter().map(move |(step, emission)| (edge, step, emission)))
            .collect()
    }

    fn sorted(&self, scope: usize, edge: usize) -> Vec<(usize, u32)> {
        let mut all = self.delivered.get(&(scope, edge)).cloned().unwrap_or_default();
        all.sort_by(|a, b| self.order(a.0, b.0).then(a.1.cmp(&b.1)));
        all
    }

    /// By edge, then by the source step, then by emission.
    fn order(&self, a: usize, b: usize) -> std::cmp::Ordering {
        if a == b {
            return std::cmp::Ordering::Equal;
        }
        let place = |edge: usize| (self.ends(edge).3, edge);
        match (self.steps[a].by, self.steps[b].by) {
            (Some(a), Some(b)) => place(a.0).cmp(&place(b.0)).then_with(|| self.order(a.1, b.1)).then(a.2.cmp(&b.2)),
            (a, b) => a.is_some().cmp(&b.is_some()),
        }
    }

    /// Closes and activates until nothing changes.
    fn settle(&mut self) {
        loop {
            let before = (self.finished.len(), self.steps.len());
            for scope in 0..self.scopes.len() {
                for node in 0..self.flow.nodes.len() {
                    if self.around(node) == self.scopes[scope].owner && !self.finished.contains(&(scope, node)) && !self.over(scope) {
                        self.look(scope, node);
                    }
                }
            }
            if before == (self.finished.len(), self.steps.len()) {
                return;
            }
        }
    }

    fn ran(&self, scope: usize, node: usize) -> bool {
        self.steps.iter().any(|step| step.scope == scope && step.node == node)
    }

    fn look(&mut self, scope: usize, node: usize) {
        let cycle = self.cycle(node);
        let group = if cycle.is_empty() { [node].into() } else { cycle };
        let outer =
            |it: &Self, node: usize| it.in_edges(node).into_iter().filter(|edge| !group.contains(&it.ends(*edge).0)).collect::<Vec<_>>();
        let is_closed = group.iter().all(|node| outer(self, *node).iter().all(|edge| self.closed.contains_key(&(scope, *edge))));
        let is_quiet = !self.steps.iter().any(|step| step.open && step.scope == scope && group.contains(&step.node));
        if !is_closed || !is_quiet {
            return;
        }
        let options = &self.flow.nodes[node];
        if group.len() == 1 && self.cycle(node).is_empty() && !self.ran(scope, node) && options.disabled != Some(Disabled::Off) {
            let edges = self.in_edges(node);
            let delivered = edges.iter().any(|edge| self.delivered.contains_key(&(scope, *edge)));
            let empty = edges.iter().any(|edge| self.closed[&(scope, *edge)] == Why::Empty);
            let on_empty = options.run_on_empty.unwrap_or(matches!(self.kind(node), "t.sum" | "t.both")) && options.disabled.is_none();
            if (delivered && self.join(node) == Join::All) || (!delivered && empty && on_empty) {
                let all = self.gather(scope, node);
                return self.activate(scope, node, vec![1], None, all);
            }
            if delivered && matches!(self.join(node), Join::N(_)) {
                self.dropped += self.gather(scope, node).len();
            }
        }
        // Never reached at all: told on, as far as nothing else reached it.
        let mut untaken: BTreeSet<usize> = group.iter().copied().filter(|node| !self.ran(scope, *node)).collect();
        loop {
            let stays = |node: &usize| {
                let ok = |edge: &usize| match self.closed.get(&(scope, *edge)) {
                    Some(why) => *why == Why::NotTaken,
                    None => self.why(scope, *edge, &untaken) == Why::NotTaken,
                };
                self.in_edges(*node).iter().all(ok)
            };
            let next: BTreeSet<usize> = untaken.iter().copied().filter(stays).collect();
            if next == untaken {
                break;
            }
            untaken = next;
        }
        for node in &group {
            self.finished.insert((scope, *node));
            for edge in (0..self.flow.edges.len()).filter(|edge| self.ends(*edge).0 == *node && !self.is_body(*edge)).collect::<Vec<_>>() {
                let why = self.why(scope, edge, &untaken);
                self.closed.insert((scope, edge), why);
            }
        }
    }

    fn why(&self, scope: usize, edge: usize, untaken: &BTreeSet<usize>) -> Why {
        let (from, port, ..) = self.ends(edge);
        if self.delivered.contains_key(&(scope, edge)) {
            return Why::Delivered;
        }
        let routes = matches!(self.kind(from), "t.parity" | "t.turn") || self.outs(from)[port] == "error";
        let off = self.flow.nodes[from].disabled == Some(Disabled::Off);
        if off || (self.ran(scope, from) && routes) || untaken.contains(&from) { Why::NotTaken } else { Why::Empty }
    }

    /// What a node gives for what it was given: emissions in port order.
    fn outputs(&self, at: usize, body: &[i64]) -> Vec<(usize, Vec<It>)> {
        let step = &self.steps[at];
        let node = &self.flow.nodes[step.node];
        let (add, fail, drop, limit) =
            (self.set(step.node, "add"), self.set(step.node, "fail"), self.set(step.node, "drop"), self.set(step.node, "limit"));
        let number = |item: &It| item.json.as_i64().unwrap_or(0);
        let first = &step.ports[0];
        let mut outs: Vec<Vec<It>> = vec![Vec::new(); self.outs(step.node).len()];
        let mut put_from = |port: usize, json: Value, from: Option<Vec<(usize, usize)>>, err: bool| {
            let Some(from) = from else {
                return outs[port].push(It { json, from: None, err, marks: Marks::unknown() });
            };
            let mut marks = Marks::default();
            from.iter().for_each(|(p, i)| marks.add(&step.ports[*p][*i].marks));
            outs[port].push(It { json, from: Some(from.into_iter().map(|(p, i)| (p as u16, i as u32)).collect()), err, marks });
        };
        let mut put = |port: usize, json: Value, from: Vec<(usize, usize)>, err: bool| put_from(port, json, Some(from), err);
        let bypass = node.disabled == Some(Disabled::Bypass);
        match node.kind.as_str() {
            _ if bypass => first
                .iter()
                .enumerate()
                .for_each(|(i, item)| put(usize::from(node.kind == "t.loop"), item.json.clone(), vec![(0, i)], item.err)),
            "t.start" => body.iter().for_each(|n| put(0, Value::from(*n), vec![], false)),
            "t.pass" => first.iter().enumerate().for_each(|(i, item)| {
                let n = number(item) + add;
                if fail > 0 && n % fail == 0 {
                    let port = if node.on_error == OnError::Port { 1 } else { 0 };
                    put(port, item.json.clone(), vec![(0, i)], true);
                } else if drop == 0 || n % drop != 0 {
                    put(0, Value::from(n), vec![(0, i)], false);
                }
            }),
            "t.parity" => first
                .iter()
                .enumerate()
                .for_each(|(i, item)| put(number(item).rem_euclid(2) as usize, item.json.clone(), vec![(0, i)], item.err)),
            "t.turn" => first
                .iter()
                .enumerate()
                .for_each(|(i, item)| put(usize::from(number(item) >= limit), item.json.clone(), vec![(0, i)], item.err)),
            "t.sum" => put(0, Value::from(first.iter().map(number).sum::<i64>()), (0..first.len()).map(|i| (0, i)).collect(), false),
            "t.both" => step
                .ports
                .iter()
                .enumerate()
                .for_each(|(p, items)| items.iter().enumerate().for_each(|(i, item)| put(0, item.json.clone(), vec![(p, i)], false))),
            "t.loop" => {
                for scope in 0..self.scopes.len() {
                    let Some((_, i)) = self.scopes[scope].opener.filter(|(opener, _)| *opener == at) else { continue };
                    let size = self.set(step.node, "size").max(1) as usize;
                    if self.scopes[scope].failed {
                        let port = if node.on_error == OnError::Port { 2 } else { 1 };
                        step.chunks[i as usize]
                            .iter()
                            .enumerate()
                            .for_each(|(k, item)| put_from(port, item.json.clone(), Some(vec![(0, i as usize * size + k)]), true));
                        continue;
                    }
                    for edge in (0..self.flow.edges.len()).filter(|edge| self.is_back(*edge) && self.ends(*edge).2 == step.node) {
                        for (source, emission) in self.sorted(scope, edge) {
                            for item in self.items(edge, source, emission) {
                                let places = item.marks.of(at);
                                put_from(1, item.json, places.map(|places| places.into_iter().map(|k| (0, k as usize)).collect()), false);
                            }
                        }
                    }
                }
            }
            other => panic!("{other}"),
        }
        if node.emit_if_empty && !bypass && outs.iter().all(Vec::is_empty) {
            let total: usize = step.ports.iter().map(Vec::len).sum();
            let only =
                step.ports.iter().enumerate().find(|(_, items)| !items.is_empty()).map(|(port, _)| (port, 0_usize)).filter(|_| total == 1);
            let port = usize::from(node.kind == "t.loop");
            let from = match (total, only) {
                (0, _) => Some(vec![]),
                (_, Some((port, at))) => Some(vec![(port as u16, at as u32)]),
                _ if first.len() == 1 => Some(vec![(0, 0)]),
                _ => None,
            };
            let marks = match &from {
                Some(from) => from.first().map_or_else(Marks::default, |(port, at)| step.ports[*port as usize][*at as usize].marks.clone()),
                None => Marks::unknown(),
            };
            outs[port].push(It { json: Value::from(weft_node::Map::default()), from, err: false, marks });
        }
        outs.into_iter().enumerate().filter(|(_, items)| !items.is_empty()).collect()
    }
}
