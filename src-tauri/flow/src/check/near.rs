//! "Did you mean": the closest of the names there are.

use std::cell::Cell;

/// Comparisons of one check; beyond them nothing is guessed, so that a flow full of slips is checked as fast as any.
const MOST: usize = 200_000;
/// Longest name that is compared, in characters.
const LONGEST: usize = 64;

pub(super) struct Near {
    left: Cell<usize>,
}

impl Default for Near {
    fn default() -> Self {
        Near { left: Cell::new(MOST) }
    }
}

impl Near {
    /// The closest name, where one is close enough to be meant.
    pub fn to<'n>(&self, wrong: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
        let wrong: Vec<char> = wrong.chars().take(LONGEST + 1).flat_map(char::to_lowercase).collect();
        let most = (wrong.len() / 3).clamp(1, 4);
        let mut best: Option<(usize, &str)> = None;
        for name in names {
            let left = self.left.get();
            if left == 0 || wrong.len() > LONGEST {
                break;
            }
            self.left.set(left - 1);
            if name.len().abs_diff(wrong.len()) > most + name.len() / 2 || name.len() > 4 * LONGEST {
                continue;
            }
            let steps = distance(&wrong, &name.chars().flat_map(char::to_lowercase).collect::<Vec<_>>());
            if steps <= most && best.is_none_or(|(least, _)| steps < least) {
                best = Some((steps, name));
            }
        }
        best.map(|(_, name)| name)
    }

    /// `did you mean `x`?`, else what else can be done.
    pub fn help<'n>(&self, wrong: &str, names: impl IntoIterator<Item = &'n str>, otherwise: impl Into<String>) -> String {
        self.to(wrong, names).map_or_else(|| otherwise.into(), |name| format!("did you mean `{name}`?"))
    }
}

/// Edits from one name to the other; two letters swapped are one edit.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 0..a.len() {
        let mut row = vec![i + 1];
        for j in 0..b.len() {
            let change = above[j] + usize::from(a[i] != b[j]);
            let mut least = change.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

/// Names in a sentence: `` `a`, `b` or `c` ``.
pub(super) fn listed<S: AsRef<str>>(names: &[S]) -> String {
    const MOST: usize = 20;
    let mut quoted: Vec<String> = names.iter().take(MOST).map(|name| format!("`{}`", name.as_ref())).collect();
    if names.len() > MOST {
        quoted.push(format!("{} others", names.len() - MOST));
    }
    match quoted.split_last() {
        None => "nothing".into(),
        Some((last, [])) => last.clone(),
        Some((last, first)) => format!("{} or {last}", first.join(", ")),
    }
}
