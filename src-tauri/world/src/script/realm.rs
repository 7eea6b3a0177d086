//! QuickJS as scripts see it: one frozen realm per worker in which every call is a fresh function call.
//!
//! No call finds anything of another: all intrinsics and the global object are frozen, `eval` is gone (an indirect one could declare
//! globals), and a source that closes our function around it is refused. There is no host object at all.

use super::frame::{Answer, Call, Fault, FaultKind};
use rquickjs::context::EvalOptions;
use rquickjs::function::Args;
use rquickjs::promise::PromiseState;
use rquickjs::{Context, Ctx, Error, Function, Object, Persistent, Runtime, Value, qjs};
use std::collections::HashMap;
use std::sync::Arc;

/// What a script may hold.
pub(super) const MEMORY: usize = 64 << 20;
const STACK: usize = 512 << 10;
/// Below this much the collector is not asked.
const COLLECT_FROM: usize = 8 << 20;
/// Compiled sources that are kept, and their bytes.
const MAX_KEPT: usize = 512;
const MAX_KEPT_BYTES: usize = 4 << 20;
const MAX_MESSAGE: usize = 2_000;

const FILE: &str = "script";
/// Names that every script may use, given or not.
const PARAMETERS: [&str; 6] = ["ctx", "data", "item", "items", "index", "nodes"];

type Kept = Persistent<Function<'static>>;

/// Which compiled function: code or expression, its parameters, its source.
type Key = (bool, Vec<String>, Arc<str>);

pub(super) struct Realm {
    // Dropped in this order: what is kept belongs to the runtime.
    kept: HashMap<Key, Kept>,
    kept_bytes: usize,
    begin: Kept,
    context: Context,
    runtime: Runtime,
}

impl Realm {
    /// `is_late` is asked now and then while a script runs; true ends it.
    pub fn new(is_late: impl Fn() -> bool + 'static) -> Result<Self, String> {
        let say = |error: Error| format!("the script engine did not start: {error}");
        let runtime = Runtime::new().map_err(say)?;
        runtime.set_memory_limit(MEMORY);
        runtime.set_max_stack_size(STACK);
        let context = Context::full(&runtime).map_err(say)?;
        let begin = context.with(|ctx| match ctx.eval::<Function<'_>, _>(include_str!("boot.js")) {
            Ok(begin) => Ok(Persistent::save(&ctx, begin)),
            Err(_) => Err(fault(&ctx).message),
        })?;
        // Only now: the start itself is never late.
        runtime.set_interrupt_handler(Some(Box::new(is_late)));
        Ok(Realm { kept: HashMap::new(), kept_bytes: 0, begin, context, runtime })
    }

    pub fn call(&mut self, call: &Call, source: &Arc<str>) -> Answer {
        self.runtime.set_gc_threshold(COLLECT_FROM);
        let context = self.context.clone();
        let answer = context.with(|ctx| self.run(&ctx, call, source)).unwrap_or_else(|fault| {
            // A source that ends too soon is told at our closing bracket: that is the end of its last line.
            let last = source.lines().count().max(1) as u32;
            let is_behind = fault.line.is_some_and(|line| line > last);
            Answer::Failed(if is_behind { Fault { line: Some(last), column: None, ..fault } } else { fault })
        });
        if matches!(&answer, Answer::Failed(fault) if fault.kind == FaultKind::Memory) {
            self.kept.clear();
            self.kept_bytes = 0;
            self.runtime.run_gc();
        }
        answer
    }

    fn run<'js>(&mut self, ctx: &Ctx<'js>, call: &Call, source: &Arc<str>) -> Result<Answer, Fault> {
        let failed = |error: Error| self::failed(ctx, error);
        let names = ctx.json_parse(&call.names[..]).map_err(failed)?;
        let names = names.into_object().ok_or_else(|| Fault::new(FaultKind::Thrown, "the names are no object"))?;
        let mut extra = Vec::new();
        for key in names.keys::<String>() {
            let key = key.map_err(failed)?;
            if !PARAMETERS.contains(&key.as_str()) && is_name(&key) {
                extra.push(key);
            }
        }
        let begin = self.begin.clone().restore(ctx).map_err(failed)?;
        let (high, low) = ((call.seed >> 32) as u32, call.seed as u32);
        begin.call::<_, ()>((call.now_ms as f64, high, low)).map_err(failed)?;
        let function = self.compiled(ctx, call.is_code, extra, source)?;
        let (function, extra) = (function.0, function.1);
        let mut args = Args::new(ctx.clone(), PARAMETERS.len() + extra.len());
        for name in PARAMETERS.into_iter().chain(extra.iter().map(String::as_str)) {
            args.push_arg(names.get::<_, Value<'js>>(name).map_err(failed)?).map_err(failed)?;
        }
        let given: Value<'js> = function.call_arg(args).map_err(failed)?;
        let given = settled(ctx, given)?;
        match ctx.json_stringify(given).map_err(failed)? {
            None => Ok(Answer::Undefined),
            Some(json) => Ok(Answer::Value(json.to_string().map_err(failed)?.into_bytes())),
        }
    }

    /// The source as a function of its names.
    fn compiled<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        is_code: bool,
        extra: Vec<String>,
        source: &Arc<str>,
    ) -> Result<(Function<'js>, Vec<String>), Fault> {
        let key = (is_code, extra, source.clone());
        if let Some(kept) = self.kept.get(&key) {
            let function = kept.clone().restore(ctx).map_err(|error| failed(ctx, error))?;
            return Ok((function, key.1));
        }
        let function = compile(ctx, is_code, &key.1, source)?;
        if self.kept.len() >= MAX_KEPT || self.kept_bytes + source.len() > MAX_KEPT_BYTES {
            self.kept.clear();
            self.kept_bytes = 0;
        }
        let extra = key.1.clone();
        self.kept_bytes += source.len();
        self.kept.insert(key, Persistent::save(ctx, function.clone()));
        Ok((function, extra))
    }
}

fn compile<'js>(ctx: &Ctx<'js>, is_code: bool, extra: &[String], source: &str) -> Result<Function<'js>, Fault> {
    let names: Vec<&str> = PARAMETERS.into_iter().chain(extra.iter().map(String::as_str)).collect();
    let names = names.join(",");
    // The source begins on a line of its own: its lines are one less than the engine's. Code stands in a function inside, so that it may declare `item` anew.
    let text = if is_code {
        format!("function({names}){{\"use strict\";return(()=>{{\n{source}\n}})()}}")
    } else {
        format!("function({names}){{\"use strict\";return(\n{source}\n)}}")
    };
    // A source that closes our brackets could run, or declare, outside of the function. It cannot close both kinds:
    parses(ctx, &format!("[{text}]"))?;
    let mut options = EvalOptions::default();
    options.filename = Some(FILE.into());
    let function: Function<'js> = ctx.eval_with_options(format!("({text})"), options).map_err(|error| at_source(failed(ctx, error)))?;
    // ... and what it made in between is not our function.
    let shown: Function<'js> = function.get("toString").map_err(|error| failed(ctx, error))?;
    let mut args = Args::new(ctx.clone(), 0);
    args.this(function.clone()).map_err(|error| failed(ctx, error))?;
    let shown: String = shown.call_arg(args).map_err(|error| failed(ctx, error))?;
    if shown != text {
        return Err(Fault::new(FaultKind::Syntax, "SyntaxError: the brackets of the script are not its own"));
    }
    Ok(function)
}

/// Compiles without running.
fn parses(ctx: &Ctx<'_>, text: &str) -> Result<(), Fault> {
    let bytes = std::ffi::CString::new(text).map_err(|_| Fault::new(FaultKind::Syntax, "SyntaxError: a zero byte in the script"))?;
    let flags = qjs::JS_EVAL_TYPE_GLOBAL | qjs::JS_EVAL_FLAG_STRICT | qjs::JS_EVAL_FLAG_COMPILE_ONLY;
    // SAFETY: the text is zero-terminated and outlives the call, the context is alive and entered; the compiled function is freed here.
    let failed = unsafe {
        let raw = ctx.as_raw().as_ptr();
        let compiled = qjs::JS_Eval(raw, bytes.as_ptr(), text.len() as _, c"script".as_ptr(), flags as i32);
        let failed = qjs::JS_IsException(compiled);
        if !failed {
            qjs::JS_FreeValue(raw, compiled);
        }
        failed
    };
    if failed {
        let fault = at_source(fault(ctx));
        return Err(Fault { kind: if fault.kind == FaultKind::Thrown { FaultKind::Syntax } else { fault.kind }, ..fault });
    }
    Ok(())
}

/// A promise's value, once nothing is left to do. Scripts have nothing to wait for.
fn settled<'js>(ctx: &Ctx<'js>, given: Value<'js>) -> Result<Value<'js>, Fault> {
    while ctx.execute_pending_job() {}
    let Some(promise) = given.as_promise() else { return Ok(given) };
    if promise.state() == PromiseState::Pending {
        return Err(Fault::new(FaultKind::Thrown, "the script waits for something that never comes: scripts cannot wait"));
    }
    match promise.result::<Value<'js>>() {
        Some(Ok(value)) => Ok(value),
        Some(Err(error)) => Err(failed(ctx, error)),
        None => Ok(given),
    }
}

fn failed(ctx: &Ctx<'_>, error: Error) -> Fault {
    match error {
        Error::Exception => at_source(fault(ctx)),
        Error::Allocation => memory(),
        other => Fault::new(FaultKind::Thrown, other.to_string()),
    }
}

fn memory() -> Fault {
    Fault::new(FaultKind::Memory, format!("the script used more than {} MiB", MEMORY >> 20))
}

/// What was thrown, in words. Its members may be getters and proxies of the script's: whatever they do is no worse than the script itself.
fn fault(ctx: &Ctx<'_>) -> Fault {
    let thrown = ctx.catch();
    if thrown.is_null() {
        return memory();
    }
    let Some(object) = thrown.as_object() else {
        let shown = match thrown.as_string().map(|text| text.to_string()) {
            Some(Ok(text)) => text,
            _ => ctx
                .json_stringify(thrown.clone())
                .ok()
                .flatten()
                .and_then(|text| text.to_string().ok())
                .unwrap_or_else(|| thrown.type_name().into()),
        };
        let _ = ctx.catch();
        return Fault::new(FaultKind::Thrown, cut(shown));
    };
    let (name, message) = (text(ctx, object, "name"), text(ctx, object, "message"));
    let kind = match (name.as_deref(), message.as_deref()) {
        (Some("InternalError"), Some("out of memory")) => return memory(),
        (Some("InternalError"), Some("interrupted")) => return Fault::new(FaultKind::Timeout, "the script took too long"),
        (Some("SyntaxError"), _) => FaultKind::Syntax,
        _ => FaultKind::Thrown,
    };
    let shown = match (name, message) {
        (Some(name), Some(message)) if !message.is_empty() => format!("{name}: {message}"),
        (None, Some(message)) => message,
        (Some(name), _) => name,
        (None, None) => "the script threw an object".into(),
    };
    let place = text(ctx, object, "stack").and_then(|stack| place(&stack));
    let (line, column) = place.map_or((None, None), |(line, column)| (Some(line), column));
    Fault { kind, message: cut(shown), line, column }
}

fn text(ctx: &Ctx<'_>, object: &Object<'_>, key: &str) -> Option<String> {
    let found = object.get::<_, Option<String>>(key);
    if found.is_err() {
        let _ = ctx.catch();
    }
    found.ok().flatten()
}

fn cut(mut message: String) -> String {
    if let Some((end, _)) = message.char_indices().nth(MAX_MESSAGE) {
        message.truncate(end);
    }
    message
}

/// Line and column of the first frame of `at f (script:3:7)` lines that is the script's.
fn place(stack: &str) -> Option<(u32, Option<u32>)> {
    stack.lines().find_map(|frame| {
        let at = frame.rfind("script:")?;
        let mut numbers = frame[at + "script:".len()..].trim_end_matches(')').split(':');
        Some((numbers.next()?.parse().ok()?, numbers.next().and_then(|column| column.parse().ok())))
    })
}

/// Engine lines to the script's own.
fn at_source(fault: Fault) -> Fault {
    match fault.line {
        Some(line) if line > 1 => Fault { line: Some(line - 1), ..fault },
        _ => Fault { line: None, column: None, ..fault },
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '$')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$')
}
