//! The worker process: reads trips of calls from its input, answers them on its output, and marks each call that is done on its third pipe.

use super::frame::{HELLO, LATE, MARK, MAX_FRAME, Trip, announced, encode};
use super::{cage, realm::Realm};
use std::cell::Cell;
use std::fs::File;
use std::io::{Read, Write};
use std::mem::ManuallyDrop;
use std::os::fd::FromRawFd;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// From here on each answer is sent by itself.
const SLOW: Duration = Duration::from_millis(2);

/// What `weft worker` does. Ends with its input.
pub fn worker_main() -> ! {
    // Words of a panic would be marks to the parent, and may hold values.
    std::panic::set_hook(Box::new(|_| std::process::abort()));
    let code = match serve() {
        Ok(()) => 0,
        Err(_) => 1,
    };
    std::process::exit(code)
}

/// A pipe that the process was started with; it is never closed here.
fn pipe(number: i32) -> ManuallyDrop<File> {
    // SAFETY: the three standard streams are open as long as the process lives, and this does not close them.
    ManuallyDrop::new(unsafe { File::from_raw_fd(number) })
}

fn serve() -> Result<(), String> {
    cage::die_with_parent();
    // No zone file can be read later, and a script's `Date` is UTC.
    // SAFETY: no other thread reads the environment; the texts are constants.
    unsafe { libc::setenv(c"TZ".as_ptr(), c"UTC0".as_ptr(), 1) };
    let end = Rc::new(Cell::new(u64::MAX));
    let seen = end.clone();
    let is_late = move || {
        if cage::processor_ms() > seen.get() {
            // Ending here is surer than unwinding: a script could catch that, or leave the engine half done.
            // SAFETY: ends the process at once.
            unsafe { libc::_exit(LATE) };
        }
        false
    };
    let mut realm = Realm::new(is_late)?;
    let held = cage::lock();
    let (mut input, mut output, mut marks) = (pipe(0), pipe(1), pipe(2));
    let say = |error: std::io::Error| error.to_string();
    output
        .write_all(HELLO)
        .and_then(|()| output.write_all(held.to_string().as_bytes()))
        .and_then(|()| output.write_all(b"\n"))
        .map_err(say)?;
    let mut frame = Vec::new();
    loop {
        let mut head = [0; 4];
        if input.read_exact(&mut head).is_err() {
            return Ok(());
        }
        let len = announced(&head).filter(|len| *len <= MAX_FRAME).ok_or("a frame is too long")?;
        frame.clear();
        (&mut *input).take(len as u64).read_to_end(&mut frame).map_err(say)?;
        let trip: Trip = rmp_serde::from_slice(&frame).map_err(|error| error.to_string())?;
        let (started, mut answers) = (Instant::now(), Vec::with_capacity(trip.calls.len()));
        for (at, call) in trip.calls.iter().enumerate() {
            let source = trip.sources.get(call.source).ok_or("a call without a source")?;
            end.set(cage::processor_ms() + call.time_ms);
            answers.push(realm.call(call, source));
            end.set(u64::MAX);
            // The mark comes first: who has read the last answer has read all marks of the trip.
            marks.write_all(&[MARK]).map_err(say)?;
            // Answers of a slow trip are not kept back: a later call may never end.
            if at + 1 == trip.calls.len() || started.elapsed() > SLOW {
                output.write_all(&encode(&answers)).map_err(say)?;
                answers.clear();
            }
        }
    }
}
