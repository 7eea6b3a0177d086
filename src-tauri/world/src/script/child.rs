//! The parent's end of one worker process: start it, hand it a frame, watch it, end it.

use super::cage::{Held, processor_ms_of};
use super::frame::{HELLO, LATE, MARK, MAX_FRAME, announced};
use super::pool::Program;
use std::io::{ErrorKind, Read, Write};
use std::os::fd::{AsRawFd, RawFd};
use std::process::{ChildStderr, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// Longest time until a worker says hello.
const START: Duration = Duration::from_secs(10);
/// Longest line that may stand before it.
const MAX_NOISE: usize = 64 << 10;

pub(super) struct Child {
    process: std::process::Child,
    input: ChildStdin,
    output: ChildStdout,
    marks: ChildStderr,
    pub held: Held,
}

/// Why a trip has no answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Gone {
    /// The watch had it killed.
    Stopped,
    /// It ended itself: the call in progress was late.
    Late,
    /// It ended in another way: out of memory, or a fault of the engine.
    Died,
}

/// What the watch wants done.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Wait,
    Stop,
}

impl Child {
    pub fn start(program: &Program) -> Result<Child, String> {
        let mut process = Command::new(&program.path)
            .args(&program.args)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("`{}` could not be started: {error}", program.path.display()))?;
        let pipes = (process.stdin.take(), process.stdout.take(), process.stderr.take());
        let (Some(input), Some(output), Some(marks)) = pipes else { return Err("a worker has no pipes".into()) };
        let mut child = Child { process, input, output, marks, held: Held { landlock: false, seccomp: false } };
        for fd in [child.input.as_raw_fd(), child.output.as_raw_fd(), child.marks.as_raw_fd()] {
            // SAFETY: plain system calls on descriptors that this struct owns.
            unsafe { libc::fcntl(fd, libc::F_SETFL, libc::fcntl(fd, libc::F_GETFL) | libc::O_NONBLOCK) };
        }
        match child.hello() {
            Some(held) => {
                child.held = held;
                Ok(child)
            }
            None => Err(format!("`{}` did not answer as a script worker", program.path.display())),
        }
    }

    fn hello(&mut self) -> Option<Held> {
        let (end, mut seen) = (Instant::now() + START, Vec::new());
        while Instant::now() < end && seen.len() < MAX_NOISE {
            let is_open = read_some(&mut self.output, &mut seen);
            if let Some(at) = seen.windows(HELLO.len()).position(|window| window == HELLO)
                && let Some(len) = seen[at..].iter().position(|byte| *byte == b'\n')
            {
                // What the engine's start may have said is no mark.
                read_some(&mut self.marks, &mut Vec::new());
                return Some(Held::parse(&String::from_utf8_lossy(&seen[at..at + len])));
            }
            if !is_open {
                return None;
            }
            wait(&mut [(self.output.as_raw_fd(), libc::POLLIN)], Duration::from_millis(100));
        }
        None
    }

    /// Processor time used so far, in milliseconds.
    pub fn processor_ms(&self) -> Option<u64> {
        processor_ms_of(self.process.id())
    }

    /// Sends a frame and hands over the answers as they come, until the trip has all it waits for.
    ///
    /// # Errors
    /// Why the worker is gone, and how many calls it had done.
    pub fn exchange(&mut self, frame: &[u8], trip: &mut dyn Trip) -> Result<(), (Gone, usize)> {
        let (mut sent, mut answers, mut marks) = (0, Vec::new(), Vec::new());
        loop {
            let mut fds = vec![(self.output.as_raw_fd(), libc::POLLIN), (self.marks.as_raw_fd(), libc::POLLIN)];
            if sent < frame.len() {
                fds.push((self.input.as_raw_fd(), libc::POLLOUT));
            }
            wait(&mut fds, trip.tick());
            let mut is_open = true;
            if sent < frame.len() {
                match self.input.write(&frame[sent..]) {
                    Ok(more) => sent += more,
                    Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
                    Err(_) => is_open = false,
                }
            }
            is_open &= read_some(&mut self.output, &mut answers);
            read_some(&mut self.marks, &mut marks);
            while let Some(len) = announced(&answers) {
                is_open &= len <= MAX_FRAME;
                if answers.len() < 4 + len {
                    break;
                }
                is_open &= trip.answered(&answers[4..4 + len]);
                answers.drain(..4 + len);
            }
            if trip.is_complete() {
                return Ok(());
            }
            let done = marks.iter().filter(|byte| **byte == MARK).count();
            if !is_open {
                return Err((self.end(), done));
            }
            if trip.watch(self, done) == Verdict::Stop {
                let _ = self.process.kill();
                return Err((Gone::Stopped, done));
            }
        }
    }

    /// Reaps it where it ended itself and says how; kills it where it did not.
    fn end(&mut self) -> Gone {
        // A pipe closes a moment before the process is gone.
        for _ in 0..50 {
            match self.process.try_wait() {
                Ok(Some(status)) => return if status.code() == Some(LATE) { Gone::Late } else { Gone::Died },
                Ok(None) => {}
                Err(_) => break,
            }
            std::thread::sleep(Duration::from_micros(200));
        }
        Gone::Died
    }
}

/// What one exchange is for.
pub(super) trait Trip {
    /// How often the watch is asked.
    fn tick(&self) -> Duration;
    /// Takes the bytes of some answers, in order; false where they make no sense.
    fn answered(&mut self, bytes: &[u8]) -> bool;
    fn is_complete(&self) -> bool;
    /// Told how many calls are done, each tick and whenever that changes.
    fn watch(&mut self, child: &Child, done: usize) -> Verdict;
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Reads what is there; false at the end.
fn read_some(from: &mut impl Read, into: &mut Vec<u8>) -> bool {
    let mut chunk = [0; 16 << 10];
    loop {
        match from.read(&mut chunk) {
            Ok(0) => return false,
            Ok(n) => into.extend_from_slice(&chunk[..n]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return error.kind() == ErrorKind::WouldBlock,
        }
        if into.len() > MAX_FRAME + 4 {
            return false;
        }
    }
}

fn wait(fds: &mut [(RawFd, libc::c_short)], most: Duration) {
    let mut polled: Vec<libc::pollfd> = fds.iter().map(|(fd, events)| libc::pollfd { fd: *fd, events: *events, revents: 0 }).collect();
    // SAFETY: the array lives through the call and its length is given.
    unsafe { libc::poll(polled.as_mut_ptr(), polled.len() as libc::nfds_t, most.as_millis().max(1) as i32) };
}
