//! What a flow may touch: what its settings name, if it was made here, and what its user allowed for this version of it.

use super::{Flows, locked, now_ms};
use crate::Result;
use rusqlite::params;
use weft_flow::{Flow, version};
use weft_node::{Need, NeedKind, Permissions};

/// Needs of a flow, and what of them it has.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grants {
    /// Made on this machine: what its settings name literally is given.
    pub made_here: bool,
    /// Hash of the logic to which what was allowed is bound.
    pub version: String,
    /// All it has.
    pub given: Permissions,
    /// What its settings name and it does not have.
    pub missing: Vec<Need>,
}

fn kind(kind: NeedKind) -> String {
    serde_json::to_value(kind).ok().and_then(|v| v.as_str().map(String::from)).expect("a kind is written as a word")
}

impl Flows {
    /// What the flow has and lacks. `named`: what its settings name literally, which only the node types know.
    pub fn permissions(&self, id: &str, named: impl Fn(&Flow) -> Vec<Need>) -> Result<Grants> {
        let slot = self.inner.slot(id)?;
        let mut slot = locked(&slot);
        let (key, made_here) = (slot.key()?, slot.made_here);
        let doc = slot.doc(&self.inner)?;
        let (version, named) = (version(doc.facts()), named(&doc.view()));
        let mut given = self.granted(key, &version)?;
        if made_here {
            given.extend(named.iter().cloned());
        }
        let given: Permissions = given.into_iter().collect();
        let mut missing: Vec<Need> = Vec::new();
        for need in named {
            if !given.allows(&need) && !missing.contains(&need) {
                missing.push(need);
            }
        }
        Ok(Grants { made_here, version, given, missing })
    }

    /// Allows this, for the flow as it stands now: another logic asks again.
    pub fn approve(&self, id: &str, needs: &[Need], author: &str) -> Result<()> {
        let slot = self.inner.slot(id)?;
        let mut slot = locked(&slot);
        let key = slot.key()?;
        let version = version(slot.doc(&self.inner)?.facts());
        let (needs, author, machine, flow) = (needs.to_vec(), author.to_string(), self.inner.machine.clone(), id.to_string());
        self.inner.store.writer().write_now(move |tx| {
            for need in needs {
                let row = params![key, version, kind(need.kind), need.target, author, machine, now_ms()];
                tx.prepare_cached("INSERT OR REPLACE INTO granted VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?.execute(row)?;
            }
            tx.tell("flow_state", serde_json::json!({ "flow": flow })).map(drop)
        })
    }

    /// Takes back everything that was allowed to this flow, in every version.
    pub fn revoke(&self, id: &str) -> Result<()> {
        let key = locked(&*self.inner.slot(id)?).key()?;
        let flow = id.to_string();
        self.inner.store.writer().write_now(move |tx| {
            tx.execute("DELETE FROM granted WHERE flow = ?1", [key])?;
            tx.tell("flow_state", serde_json::json!({ "flow": flow })).map(drop)
        })
    }

    /// For a flow that the program itself brought, such as the sample: what its settings name is given.
    pub fn mark_made_here(&self, id: &str) -> Result<()> {
        let slot = self.inner.slot(id)?;
        let mut slot = locked(&slot);
        let key = slot.key()?;
        let (flow, machine) = (id.to_string(), self.inner.machine.clone());
        self.inner.store.writer().write_now(move |tx| {
            tx.execute("UPDATE flows SET made_here = ?2 WHERE key = ?1", params![key, machine])?;
            tx.tell("flow_state", serde_json::json!({ "flow": flow })).map(drop)
        })?;
        slot.made_here = true;
        Ok(())
    }

    fn granted(&self, key: i64, version: &str) -> Result<Vec<Need>> {
        let (version, machine) = (version.to_string(), self.inner.machine.clone());
        self.inner.store.readers().now(move |db| {
            let mut select = db.prepare_cached(
                "SELECT kind, target FROM granted WHERE flow = ?1 AND version = ?2 AND machine = ?3 ORDER BY kind, target",
            )?;
            let rows = select.query_map(params![key, version, machine], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
            let mut needs = Vec::new();
            for row in rows {
                let (kind, target) = row?;
                // A kind that a newer program wrote gives nothing here.
                if let Ok(kind) = serde_json::from_value(kind.into()) {
                    needs.push(Need { kind, target });
                }
            }
            Ok(needs)
        })
    }
}
