use super::{TURN, call, run, workers};
use serde_json::json;
use std::time::{Duration, Instant};

/// Scripts that want all time or all memory; many in native built-ins that never ask the interrupt handler.
#[rustfmt::skip]
const BOMBS: &[&str] = &[
    "(() => { while (true) {} })()",
    "(() => { for (;;) { try { while (true) {} } catch (e) {} finally { continue } } })()",
    "(() => { const f = () => { try { f() } catch { f() } }; f() })()",
    "/^(a+)+$/.test('a'.repeat(40) + 'b')",
    "/(x+x+)+y/.test('x'.repeat(60))",
    "/^(([a-z])+.)+[A-Z]([a-z])+$/.test('a'.repeat(60))",
    "'a'.repeat(1 << 22).lastIndexOf('a'.repeat(1 << 21) + 'b')",
    "'a'.repeat(1 << 22).indexOf('a'.repeat(1 << 21) + 'b')",
    "'a'.repeat(1 << 22).includes('a'.repeat(1 << 21) + 'b')",
    "'a'.repeat(1 << 22).split('a'.repeat(1 << 20) + 'b').length",
    "(() => { const a = Array.from({length: 3e5}, (_, i) => i); for (let i = 0; i < 1e5; i++) a.indexOf(-1) })()",
    "(() => { const a = Array.from({length: 3e5}, (_, i) => i); for (let i = 0; i < 1e5; i++) a.includes(-1) })()",
    "(() => { const a = Array.from({length: 3e5}, (_, i) => i); for (let i = 0; i < 1e5; i++) a.lastIndexOf(-1) })()",
    "(() => { const a = new Float64Array(1e6).map(() => Math.random()); for (let i = 0; i < 500; i++) a.sort() })()",
    "(() => { const a = new Float64Array(4e6); for (let i = 0; i < 1e5; i++) a.fill(i) })()",
    "(() => { const a = new Uint8Array(3e7); for (let i = 0; i < 1e5; i++) a.indexOf(7) })()",
    "(() => { const a = new Uint8Array(3e7); for (let i = 0; i < 1e5; i++) a.reverse() })()",
    "(() => { const a = new Uint8Array(2e7); for (let i = 0; i < 1e5; i++) a.copyWithin(0, 1) })()",
    "(() => { const s = 'a'.repeat(1 << 16); for (let i = 0; i < 1e4; i++) s.replace(/a/g, '$&$&') })()",
    "(() => { const s = 'ab'.repeat(1 << 20); for (let i = 0; i < 1e4; i++) s.toUpperCase() })()",
    "(() => { for (let i = 0; i < 1e4; i++) '\\u0958'.repeat(1 << 20).normalize('NFKD') })()",
    "(() => { let x = 3n ** 300000n; for (let i = 0; i < 60; i++) x = x * x })()",
    "(() => { const x = 7n ** 100000n; for (let i = 0; i < 1e5; i++) x.toString() })()",
    "(2n ** (2n ** 24n)).toString().length",
    "(() => { let x = (1n << 4000000n) - 1n; for (let i = 0; i < 1e6; i++) x % 1000003n })()",
    "(() => { const o = {toString() { while (true) {} }}; return '' + o })()",
    "(() => { return new Proxy({}, {get() { while (1) {} }}).a })()",
    "new Proxy({}, {ownKeys() { while (1) {} }})",
    "({toJSON() { while (1) {} }})",
    "(() => { function* g() { while (1) yield 1 } for (const x of g()); })()",
    "(async () => { for (;;) await 0 })()",
    "(() => { const a = []; for (let i = 0; i < 2e5; i++) a.push(String(i * 7919 % 200003)); for (;;) a.slice().sort() })()",
    "(() => { const a = Array.from({length: 1e5}, (_, i) => i); for (;;) JSON.parse(JSON.stringify(a)) })()",
    "(() => { const m = new Map(); for (let i = 0; ; i++) m.set(i % 1000, i) })()",
    "Array.from({length: 1e9}, () => 0)",
    "Array.prototype.concat.call([], ...Array(200).fill(0)).map(() => { for (;;); })",
    "(() => { for (;;) [...'a'.repeat(1e5)].join('') })()",
    "(() => { for (;;) Object.fromEntries(Object.entries({...Array(1e4).fill(0)})) })()",
    "(() => { for (;;) structuredClone ?? 0 })() ",
    "(() => { const s = '('.repeat(1e5) + ')'.repeat(1e5); for (;;) { try { RegExp(s) } catch {} } })()",
    "(() => { for (;;) { try { Function('('.repeat(1e4)) } catch {} } })()",
    "(() => { for (;;) { try { JSON.parse('['.repeat(2e5)) } catch {} } })()",
    "(() => { const a = []; for (;;) a.push(new Array(1e5).fill(1)) })()",
    "(() => { let s = 'x'; for (;;) s += s })()",
    "(() => { const a = []; for (;;) a.push('x'.repeat(1e6)) })()",
    "(() => { const a = []; for (;;) { try { a.push(new ArrayBuffer(1e7)) } catch {} } })()",
    "new Array(1e8).fill(0).length",
    "'x'.padStart(2 ** 29).length",
    "new ArrayBuffer(2 ** 31).byteLength",
    "'a'.repeat(1e9).length",
];

#[tokio::test(flavor = "multi_thread")]
async fn every_bomb_is_stopped_within_twice_its_time() {
    assert!(BOMBS.len() >= 40);
    let _turn = TURN.lock().await;
    let workers = workers();
    let warm = call("1 + 1", json!({}));
    run(&*workers, warm.clone()).await.expect("warm");
    for bomb in BOMBS {
        // A machine that does something else meanwhile spoils a measurement by the clock; then the time that the killed worker had of the
        // processor counts, its start included.
        let (mut shortest, mut least) = (Duration::MAX, Duration::MAX);
        for _ in 0..3 {
            let (started, used) = (Instant::now(), used_by_workers());
            let answer = run(&*workers, call(bomb, json!({}))).await;
            shortest = shortest.min(started.elapsed());
            if let Err(error) = answer {
                assert!(["script.timeout", "script.memory", "script.thrown", "script.syntax"].contains(&error.code), "{bomb}: {error:?}");
            }
            // It is reaped a moment after its caller has the answer.
            run(&*workers, warm.clone()).await.expect("a worker is there");
            least = least.min(used_by_workers() - used);
            if shortest.min(least) <= Duration::from_millis(200) {
                break;
            }
        }
        assert!(shortest.min(least) <= Duration::from_millis(200), "{bomb}: {shortest:?}, of the processor {least:?}");
        assert!(shortest < Duration::from_secs(3), "{bomb}: {shortest:?}");
    }
}

/// Processor time of all workers that were reaped.
fn used_by_workers() -> Duration {
    // SAFETY: an all-zero rusage is a valid one, and the call fills it in.
    let usage = unsafe {
        let mut usage = std::mem::zeroed::<libc::rusage>();
        libc::getrusage(libc::RUSAGE_CHILDREN, &mut usage);
        usage
    };
    let time = |t: libc::timeval| Duration::new(t.tv_sec as u64, t.tv_usec as u32 * 1_000);
    time(usage.ru_utime) + time(usage.ru_stime)
}
