use super::{program, workers};
use crate::script::cage;
use std::process::Command;

/// Does in a cage what a script that escaped its engine would try. Run by the test below, in a process of its own.
#[test]
#[ignore = "started by another test as a process of its own"]
fn caged_probe() {
    let pid = std::process::id() as i32;
    // SAFETY: plain system call.
    let parent = unsafe { libc::getppid() };
    let held = cage::lock();
    let mut got = Vec::new();
    let mut check = |what: &str, worked: bool| {
        if worked {
            got.push(what.to_string());
        }
    };
    check("read a file", std::fs::read("/etc/passwd").is_ok());
    check("read its memory map", std::fs::read("/proc/self/maps").is_ok());
    check("list a folder", std::fs::read_dir("/").is_ok());
    check("write a file", std::fs::write("/tmp/weft-cage-probe", "x").is_ok());
    check("make a folder", std::fs::create_dir("/tmp/weft-cage-folder").is_ok());
    check("stat a file", std::fs::metadata("/etc/passwd").is_ok());
    check("connect", std::net::TcpStream::connect("127.0.0.1:9").is_err_and(|e| e.raw_os_error() == Some(libc::ECONNREFUSED)));
    check("listen", std::net::TcpListener::bind("127.0.0.1:0").is_ok());
    check("udp", std::net::UdpSocket::bind("127.0.0.1:0").is_ok());
    check("unix socket", std::os::unix::net::UnixDatagram::unbound().is_ok());
    check("start a program", Command::new("/bin/true").spawn().is_ok());
    check("start a thread", std::thread::Builder::new().spawn(|| ()).is_ok());
    // SAFETY: system calls that are meant to be refused; what they would do is harmless here.
    unsafe {
        check("signal its parent", libc::kill(parent, 0) == 0);
        check("trace its parent", libc::ptrace(libc::PTRACE_ATTACH, parent, 0, 0) == 0);
        check("fork", {
            let child = libc::fork();
            if child == 0 {
                libc::_exit(0);
            }
            child > 0
        });
        check(
            "make code",
            libc::mmap(std::ptr::null_mut(), 4096, libc::PROT_WRITE | libc::PROT_EXEC, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1, 0)
                != libc::MAP_FAILED,
        );
        check("open a pipe", libc::pipe([0; 2].as_mut_ptr()) == 0);
        check(
            "take much memory",
            libc::mmap(std::ptr::null_mut(), 1 << 30, libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1, 0) != libc::MAP_FAILED,
        );
        check("become another user", libc::setuid(1) == 0);
        check("raise a limit", libc::setrlimit(libc::RLIMIT_NOFILE, &libc::rlimit { rlim_cur: 9, rlim_max: 9 }) == 0);
    }
    println!("\ncaged {held} pid {pid} got [{}]", got.join(", "));
    use std::io::Write;
    let _ = std::io::stdout().flush();
    // SAFETY: ends the process; the test runner could not go on in here.
    unsafe { libc::_exit(0) };
}

#[test]
fn a_caged_process_reaches_nothing() {
    let args = ["script::tests::cage::caged_probe", "--exact", "--ignored", "--nocapture", "--test-threads=1"];
    let output = Command::new(program().path).args(args).env_clear().output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stdout);
    let line = said
        .lines()
        .find(|line| line.starts_with("caged "))
        .unwrap_or_else(|| panic!("no answer: {said} {}", String::from_utf8_lossy(&output.stderr)));
    assert!(line.contains("seccomp=yes"), "{line}");
    assert!(line.ends_with("got []"), "{line}");
}

#[test]
fn workers_say_what_holds_them() {
    let (_, seccomp) = workers().caged().expect("a worker starts");
    assert!(seccomp);
}
