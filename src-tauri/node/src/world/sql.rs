//! What SQL text does, as far as its words tell: whether it only looks.

/// Whether this SQL can only read. It looks at words outside of quotes and comments and errs on the careful side:
/// what it calls reading never writes, what it calls writing may only read.
pub fn only_reads(sql: &str) -> bool {
    const WRITES: &[&str] = &[
        "insert",
        "update",
        "delete",
        "replace",
        "create",
        "drop",
        "alter",
        "vacuum",
        "reindex",
        "analyze",
        "attach",
        "detach",
        "begin",
        "commit",
        "end",
        "rollback",
        "savepoint",
        "release",
    ];
    const STARTS: &[&str] = &["select", "with", "values", "explain", "pragma"];
    const DESCRIBING: &[&str] = &["table_info", "table_xinfo", "table_list", "index_list", "index_info", "foreign_key_list"];
    let mut at_start = true;
    let mut cases = 0_u32;
    let tokens = tokens(sql);
    for (at, token) in tokens.iter().enumerate() {
        let next = tokens.get(at + 1).map(String::as_str);
        match token.as_str() {
            ";" => {
                at_start = true;
                continue;
            }
            // A function of that name: replace(text, a, b).
            "replace" if next == Some("(") => {}
            "case" => cases += 1,
            // The end of a CASE.
            "end" if cases > 0 => cases -= 1,
            // `pragma name = value` writes; so may any pragma but those that describe.
            "pragma" if at_start && !next.is_some_and(|name| DESCRIBING.contains(&name)) => return false,
            word if at_start && word != "(" && !STARTS.contains(&word) => return false,
            word if WRITES.contains(&word) => return false,
            _ => {}
        }
        at_start = false;
    }
    true
}

/// Words in lower case and single signs, without quoted text and comments.
fn tokens(sql: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut chars = sql.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\'' | '"' | '`' | '[' => {
                let close = if c == '[' { ']' } else { c };
                // A doubled quote opens the next quoted piece at once, which comes to the same.
                for inside in chars.by_ref() {
                    if inside == close {
                        break;
                    }
                }
                tokens.push("'".into());
            }
            '-' if chars.peek() == Some(&'-') => {
                chars.by_ref().find(|&c| c == '\n');
            }
            '/' if chars.peek() == Some(&'*') => {
                chars.next();
                let mut before = ' ';
                for inside in chars.by_ref() {
                    if before == '*' && inside == '/' {
                        break;
                    }
                    before = inside;
                }
            }
            c if c.is_alphabetic() || c == '_' => {
                let mut word = c.to_lowercase().to_string();
                while let Some(&c) = chars.peek().filter(|c| c.is_alphanumeric() || matches!(c, '_' | '$')) {
                    word.extend(c.to_lowercase());
                    chars.next();
                }
                tokens.push(word);
            }
            c if c.is_whitespace() => {}
            c => tokens.push(c.to_string()),
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::only_reads;

    #[test]
    fn tells_reading_from_writing() {
        for reads in [
            "select 1",
            "  SELECT * FROM t; -- insert\n select 2;",
            "with a as (select 1) select * from a /* delete */",
            "select 'insert into x', \"update\", [delete] from t",
            "select replace(a, 'b', 'c') from t",
            "select case when a then 1 else 2 end from t",
            "values (1), (2)",
            "pragma table_info(t)",
            "explain query plan select 1",
            "select 'it''s; drop table x' from t",
            "",
        ] {
            assert!(only_reads(reads), "{reads}");
        }
        for writes in [
            "insert into t values (1)",
            "with a as (select 1) insert into t select * from a",
            "select 1; delete from t",
            "replace into t values (1)",
            "/* select */ update t set a = 1",
            "create table t (a)",
            "pragma user_version = 3",
            "pragma journal_mode(wal)",
            "vacuum into 'x'",
            "begin",
            "select 1; end",
            "--\ninsert into t values (1)",
        ] {
            assert!(!only_reads(writes), "{writes}");
        }
    }
}
