//! What the kernel takes from a worker before it sees the first script: files, sockets, other programs, new processes, more memory.

use std::fmt;

/// What of it this kernel could do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Held {
    pub landlock: bool,
    pub seccomp: bool,
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |held| if held { "yes" } else { "no" };
        write!(f, "landlock={} seccomp={}", word(self.landlock), word(self.seccomp))
    }
}

impl Held {
    /// Reads what [`Held`] writes.
    pub fn parse(text: &str) -> Held {
        Held { landlock: text.contains("landlock=yes"), seccomp: text.contains("seccomp=yes") }
    }
}

/// Milliseconds of processor time this process has used.
pub(super) fn processor_ms() -> u64 {
    clock_ms(libc::CLOCK_PROCESS_CPUTIME_ID).unwrap_or(0)
}

/// Milliseconds of processor time another process has used; none where it is gone or the system does not say.
#[cfg(target_os = "linux")]
pub(super) fn processor_ms_of(process: u32) -> Option<u64> {
    let mut clock = 0;
    // SAFETY: writes one clock id.
    let found = unsafe { libc::clock_getcpuclockid(process as libc::pid_t, &mut clock) } == 0;
    if found { clock_ms(clock) } else { None }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn processor_ms_of(_: u32) -> Option<u64> {
    None
}

fn clock_ms(clock: libc::clockid_t) -> Option<u64> {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: writes one timespec.
    let read = unsafe { libc::clock_gettime(clock, &mut time) } == 0;
    read.then(|| time.tv_sec as u64 * 1_000 + time.tv_nsec as u64 / 1_000_000)
}

/// A worker never outlives the program.
pub(super) fn die_with_parent() {
    #[cfg(target_os = "linux")]
    // SAFETY: plain system calls. Should the parent be gone already, the input is at its end and the worker ends by that.
    unsafe {
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL, 0, 0, 0);
    }
}

/// Locks the cage; there is no way back.
pub(super) fn lock() -> Held {
    limits();
    #[cfg(target_os = "linux")]
    return Held { landlock: linux::landlock().unwrap_or(false), seccomp: linux::seccomp().is_some() };
    #[cfg(not(target_os = "linux"))]
    Held { landlock: false, seccomp: false }
}

/// Address space beyond what is mapped now: the scripts' memory, and room for a frame and an answer.
const ROOM: u64 = super::realm::MEMORY as u64 + (128 << 20);

fn limits() {
    let set = |resource, most: u64| {
        let limit = libc::rlimit { rlim_cur: most as libc::rlim_t, rlim_max: most as libc::rlim_t };
        // SAFETY: reads one rlimit.
        unsafe { libc::setrlimit(resource, &limit) };
    };
    if let Some(mapped) = mapped_bytes() {
        set(libc::RLIMIT_AS, mapped + ROOM);
    }
    set(libc::RLIMIT_CORE, 0);
    set(libc::RLIMIT_NOFILE, 0);
    set(libc::RLIMIT_FSIZE, 0);
    set(libc::RLIMIT_NPROC, 0);
}

fn mapped_bytes() -> Option<u64> {
    let pages: u64 = std::fs::read_to_string("/proc/self/statm").ok()?.split(' ').next()?.parse().ok()?;
    Some(pages * 4096)
}

#[cfg(target_os = "linux")]
mod linux {
    use landlock::{ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetStatus, Scope};
    use seccompiler::{BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule};
    use std::collections::BTreeMap;

    /// No file, no TCP port, no abstract socket, no signal to outside: as much of it as the kernel knows. Whether anything is enforced.
    pub fn landlock() -> Option<bool> {
        let abi = ABI::V6;
        let rules = Ruleset::default().handle_access(AccessFs::from_all(abi)).ok()?;
        let rules = rules.handle_access(AccessNet::from_all(abi)).ok()?.scope(Scope::from_all(abi)).ok()?;
        let status = rules.create().ok()?.restrict_self().ok()?;
        Some(status.ruleset != RulesetStatus::NotEnforced)
    }

    /// Only what computing, reading and writing open pipes and ending needs; the rest answers EPERM. No memory becomes code.
    pub fn seccomp() -> Option<()> {
        const PLAIN: &[libc::c_long] = &[
            libc::SYS_read,
            libc::SYS_readv,
            libc::SYS_write,
            libc::SYS_writev,
            libc::SYS_close,
            libc::SYS_munmap,
            libc::SYS_mremap,
            libc::SYS_brk,
            libc::SYS_madvise,
            libc::SYS_futex,
            libc::SYS_exit,
            libc::SYS_exit_group,
            libc::SYS_rt_sigreturn,
            libc::SYS_rt_sigprocmask,
            libc::SYS_sigaltstack,
            libc::SYS_clock_gettime,
            libc::SYS_gettimeofday,
            libc::SYS_getrandom,
            libc::SYS_sched_yield,
            libc::SYS_restart_syscall,
            libc::SYS_getpid,
            libc::SYS_gettid,
        ];
        let mut rules: BTreeMap<i64, Vec<SeccompRule>> = PLAIN.iter().map(|call| (*call, Vec::new())).collect();
        for call in [libc::SYS_mmap, libc::SYS_mprotect] {
            let not_code = SeccompCmpOp::MaskedEq(libc::PROT_EXEC as u64);
            let condition = SeccompCondition::new(2, SeccompCmpArgLen::Dword, not_code, 0).ok()?;
            rules.insert(call, vec![SeccompRule::new(vec![condition]).ok()?]);
        }
        let arch = std::env::consts::ARCH.try_into().ok()?;
        let filter = SeccompFilter::new(rules, SeccompAction::Errno(libc::EPERM as u32), SeccompAction::Allow, arch).ok()?;
        let program: BpfProgram = filter.try_into().ok()?;
        seccompiler::apply_filter(&program).ok()
    }
}
