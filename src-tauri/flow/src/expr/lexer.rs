//! JavaScript cut into tokens, just well enough to see which names it uses: strings, comments and regular expressions are skipped, `${}` of
//! template texts is looked into. Brackets are matched; nothing is run.

/// A piece of source. Offsets are bytes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub kind: Kind,
    pub from: usize,
    pub to: usize,
    /// For brackets: position of the partner among the tokens.
    pub partner: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Name,
    Number,
    /// A string without substitutions; quotes included.
    Text,
    Regex,
    /// The fixed part of a template text.
    Template,
    /// `(`, `[`, `{`, and `${` of a template text.
    Open(char),
    Close(char),
    /// `.` or `?.`
    Dot,
    Arrow,
    Spread,
    Other(char),
}

/// What is wrong with the source, and where, in bytes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LexError {
    pub message: &'static str,
    pub at: usize,
}

pub(super) fn is_name_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$' || c == '\u{200c}' || c == '\u{200d}'
}

pub(super) fn lex(source: &str) -> Result<Vec<Token>, LexError> {
    let mut lexer = Lexer { source, at: 0, tokens: Vec::new(), open: Vec::new() };
    lexer.run()?;
    match lexer.open.last() {
        Some(open) => Err(LexError { message: "a bracket is not closed", at: lexer.tokens[*open].from }),
        None => Ok(lexer.tokens),
    }
}

struct Lexer<'a> {
    source: &'a str,
    at: usize,
    tokens: Vec<Token>,
    /// Tokens of open brackets.
    open: Vec<usize>,
}

impl Lexer<'_> {
    fn peek(&self) -> Option<char> {
        self.source[self.at..].chars().next()
    }

    fn starts(&self, text: &str) -> bool {
        self.source[self.at..].starts_with(text)
    }

    fn push(&mut self, kind: Kind, from: usize) {
        self.tokens.push(Token { kind, from, to: self.at, partner: 0 });
    }

    fn skip_while(&mut self, keep: impl Fn(char) -> bool) {
        let rest = &self.source[self.at..];
        self.at += rest.char_indices().find(|(_, c)| !keep(*c)).map_or(rest.len(), |(at, _)| at);
    }

    fn run(&mut self) -> Result<(), LexError> {
        while let Some(c) = self.peek() {
            let from = self.at;
            match c {
                _ if c.is_whitespace() || c == '\u{feff}' => self.at += c.len_utf8(),
                '/' if self.starts("//") => self.skip_while(|c| !matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}')),
                '/' if self.starts("/*") => match self.source[from + 2..].find("*/") {
                    Some(end) => self.at = from + 2 + end + 2,
                    None => {
                        return Err(LexError { message: "a comment is not closed", at: from });
                    }
                },
                '/' if self.regex_may_follow() => self.regex()?,
                '\'' | '"' => self.text(c)?,
                '`' => {
                    self.at += 1;
                    self.template(from)?;
                }
                _ if c.is_ascii_digit() || (c == '.' && self.source[from + 1..].starts_with(|c: char| c.is_ascii_digit())) => self.number(),
                _ if is_name_char(c) || c == '#' || c == '\\' => {
                    self.at += c.len_utf8();
                    self.skip_while(|c| is_name_char(c) || c == '\\');
                    self.push(Kind::Name, from);
                }
                '(' | '[' | '{' => self.bracket(c, 1),
                ')' | ']' | '}' => self.close(c)?,
                _ => self.sign(c),
            }
        }
        Ok(())
    }

    fn number(&mut self) {
        let from = self.at;
        self.skip_while(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
        // `1e-5`: the sign belongs to it, except in `0xe-1`.
        let text = &self.source[from..self.at];
        if text.ends_with(['e', 'E']) && !text.starts_with("0x") && !text.starts_with("0X") && (self.starts("-") || self.starts("+")) {
            self.at += 1;
            self.skip_while(|c| c.is_ascii_digit());
        }
        self.push(Kind::Number, from);
    }

    fn sign(&mut self, c: char) {
        let from = self.at;
        let (kind, len) = match c {
            '=' if self.starts("=>") => (Kind::Arrow, 2),
            '.' if self.starts("...") => (Kind::Spread, 3),
            '.' => (Kind::Dot, 1),
            // `a?.5:b` is a choice.
            '?' if self.starts("?.") && !self.source[from + 2..].starts_with(|c: char| c.is_ascii_digit()) => (Kind::Dot, 2),
            _ => (Kind::Other(c), c.len_utf8()),
        };
        self.at += len;
        self.push(kind, from);
    }

    fn bracket(&mut self, c: char, len: usize) {
        let from = self.at;
        self.at += len;
        self.open.push(self.tokens.len());
        self.push(Kind::Open(c), from);
    }

    fn close(&mut self, c: char) -> Result<(), LexError> {
        let from = self.at;
        let wrong = LexError { message: "a bracket is closed that was not opened", at: from };
        let open = self.open.pop().ok_or(wrong.clone())?;
        let fits = matches!((self.tokens[open].kind, c), (Kind::Open('('), ')') | (Kind::Open('['), ']') | (Kind::Open('{' | '$'), '}'));
        if !fits {
            return Err(wrong);
        }
        self.at += 1;
        let in_template = self.tokens[open].kind == Kind::Open('$');
        self.tokens[open].partner = self.tokens.len();
        self.tokens.push(Token { kind: Kind::Close(c), from, to: self.at, partner: open });
        if in_template { self.template(self.at) } else { Ok(()) }
    }

    fn text(&mut self, quote: char) -> Result<(), LexError> {
        let from = self.at;
        self.at += 1;
        while let Some(c) = self.peek() {
            self.at += c.len_utf8();
            match c {
                '\\' => self.at += self.peek().map_or(0, char::len_utf8),
                '\n' | '\r' => break,
                _ if c == quote => {
                    self.push(Kind::Text, from);
                    return Ok(());
                }
                _ => {}
            }
        }
        Err(LexError { message: "a text is not closed", at: from })
    }

    /// From inside a template text to its end or its next `${`.
    fn template(&mut self, from: usize) -> Result<(), LexError> {
        while let Some(c) = self.peek() {
            if self.starts("${") {
                self.push(Kind::Template, from);
                self.bracket('$', 2);
                return Ok(());
            }
            self.at += c.len_utf8();
            match c {
                '\\' => self.at += self.peek().map_or(0, char::len_utf8),
                '`' => {
                    self.push(Kind::Template, from);
                    return Ok(());
                }
                _ => {}
            }
        }
        Err(LexError { message: "a template text is not closed", at: from })
    }

    fn regex(&mut self) -> Result<(), LexError> {
        let from = self.at;
        self.at += 1;
        let mut in_class = false;
        while let Some(c) = self.peek() {
            self.at += c.len_utf8();
            match c {
                '\\' => self.at += self.peek().map_or(0, char::len_utf8),
                '\n' | '\r' => break,
                '[' => in_class = true,
                ']' => in_class = false,
                '/' if !in_class => {
                    self.skip_while(is_name_char);
                    self.push(Kind::Regex, from);
                    return Ok(());
                }
                _ => {}
            }
        }
        Err(LexError { message: "a regular expression is not closed", at: from })
    }

    /// Whether a `/` here begins a regular expression: not after what can be divided.
    fn regex_may_follow(&self) -> bool {
        let Some(last) = self.tokens.last() else {
            return true;
        };
        match last.kind {
            Kind::Number | Kind::Text | Kind::Regex | Kind::Template | Kind::Close(_) => false,
            Kind::Name => {
                let is_member = self.tokens.len() >= 2 && self.tokens[self.tokens.len() - 2].kind == Kind::Dot;
                !is_member
                    && matches!(
                        &self.source[last.from..last.to],
                        "return"
                            | "typeof"
                            | "case"
                            | "in"
                            | "of"
                            | "do"
                            | "else"
                            | "void"
                            | "delete"
                            | "throw"
                            | "new"
                            | "instanceof"
                            | "yield"
                            | "await"
                    )
            }
            _ => true,
        }
    }
}
