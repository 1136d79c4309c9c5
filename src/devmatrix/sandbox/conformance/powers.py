"""Attacks that take rights: over other processes, over namespaces, and of the kernel."""

import stat
from pathlib import Path

from devmatrix.sandbox.conformance.attack import Attack
from devmatrix.sandbox.conformance.bait import Bait
from devmatrix.sandbox.sandbox import Completed


def _special_files(bait: Bait, project: Path, done: Completed) -> str:
    modes = [(path.name, path.lstat().st_mode) for path in project.iterdir()]
    found = [name for name, mode in modes if stat.S_ISBLK(mode) or stat.S_ISCHR(mode) or mode & stat.S_ISUID]
    return f"left {', '.join(found)} in the project, a device or a program with rights" if found else ""


POWERS = (
    Attack(
        "signals",
        "Signal, stop and trace a process of the host.",
        """
for call in (lambda pid: os.kill(pid, signal.SIGTERM), lambda pid: os.killpg(pid, signal.SIGTERM),
             lambda pid: signal.pidfd_send_signal(os.pidfd_open(pid), signal.SIGTERM)):
    try:
        call(BAIT["process"])
    except OSError:
        pass
""",
    ),
    Attack(
        "signal-all",
        "Kill everything that can be seen.",
        """
try:
    os.kill(-1, signal.SIGKILL)
except OSError:
    pass
for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP):
    try:
        os.kill(1, number)
    except OSError:
        pass
""",
        harmless=False,
    ),
    Attack(
        "trace",
        "Attach to other processes, and read and write their memory.",
        """
ATTACH, SEIZE = 16, 0x4206
for pid in (BAIT["process"], 1, os.getppid()):
    closed("ptrace", SEIZE, pid, 0, 0)
    buffer = ctypes.create_string_buffer(64)
    vector = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), 64)
    closed("process_vm_readv", pid, vector, 1, vector, 1, 0)
    closed("process_vm_writev", pid, vector, 1, vector, 1, 0)
    closed("kcmp", os.getpid(), pid, 0, 0, 0)
""",
    ),
    Attack(
        "first-process",
        "Find the sandbox's own first process with more rights than its commands have.",
        """
def facts(process):
    lines = open(f"/proc/{process}/status").read().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}

for process in ("1", "self"):
    found = facts(process)
    for name, wanted in (("CapEff", "0" * 16), ("CapPrm", "0" * 16), ("CapBnd", "0" * 16), ("NoNewPrivs", "1"),
                         ("Seccomp", "2")):
        if found.get(name) != wanted:
            through(f"{name} of {process} is {found.get(name)}")
""",
    ),
    Attack(
        "namespaces",
        "Make new namespaces, where one is root, or join others.",
        """
NEW = {"user": 0x10000000, "mount": 0x20000, "pid": 0x20000000, "net": 0x40000000, "ipc": 0x8000000, "uts": 0x4000000,
       "cgroup": 0x2000000, "time": 0x80}
def unshared(flag):
    if libc.unshare(flag) == 0:
        through("unshare")

def cloned(flag):
    try:
        pid = kernel("clone", flag | signal.SIGCHLD, 0, 0, 0, 0)
    except OSError:
        return
    if not pid:
        os._exit(0)
    through("clone")

for flag in (*NEW.values(), 0x10000000 | 0x20000):
    os.waitpid(apart(unshared, flag), 0)
    if flag != NEW["time"]:  # to clone these bits are the signal at the end
        os.waitpid(apart(cloned, flag), 0)
for name in ("mnt", "net", "pid", "user"):
    attempt(f"setns {name}", lambda: kernel("setns", os.open(f"/proc/1/ns/{name}", os.O_RDONLY), 0))
closed("clone3", 0, 0)
if subprocess.run(["/usr/bin/unshare", "--user", "--map-root-user", "true"], capture_output=True).returncode == 0:
    through("unshare --user")
""",
    ),
    Attack(
        "mounts",
        "Mount, move and unmount file systems.",
        """
os.makedirs("here", exist_ok=True)
for kind in (b"tmpfs", b"proc", b"sysfs", b"overlay", b"devtmpfs", b"cgroup2", b"mqueue"):
    closed("mount", b"none", b"/project/here", kind, 0, None)
closed("mount", b"/", b"/project/here", None, 4096, None)
closed("mount", None, b"/", None, 32 | 4096, None)
closed("umount2", b"/usr", 2)
closed("pivot_root", b".", b".")
closed("open_tree", -100, b"/", 1)
closed("fsopen", b"tmpfs", 0)
""",
        harmless=False,
    ),
    Attack(
        "identity",
        "Become root, or somebody else, and take capabilities.",
        """
if os.getuid() == 0 or os.geteuid() == 0:
    through("is root")
for call in (os.setuid, os.setgid, os.seteuid, os.setegid):
    attempt(call.__name__, call, 0)
attempt("setresuid", os.setresuid, 0, 0, 0)
attempt("setgroups", os.setgroups, [0, 27])
done = subprocess.run(["/usr/bin/su", "-c", "id -u"], capture_output=True, stdin=subprocess.DEVNULL, text=True)
if done.stdout.strip() == "0":
    through("su")
header = (ctypes.c_uint32 * 2)(0x20080522, 0)
attempt("capset", lambda: kernel("capset", header, (ctypes.c_uint32 * 6)(*[0xFFFFFFFF] * 6)))
""",
    ),
    Attack(
        "setuid-files",
        "Leave a program that runs as its owner for whoever starts it.",
        """
for name, make in (
    ("chmod", lambda: (open("chmod", "w").close(), os.chmod("chmod", 0o4755))),
    ("fchmod", lambda: os.fchmod(os.open("fchmod", os.O_CREAT | os.O_WRONLY), 0o4755)),
    ("open", lambda: os.close(os.open("open", os.O_CREAT | os.O_WRONLY, 0o4755))),
    ("mknod", lambda: os.mknod("mknod", 0o104755)),
):
    attempt(name, make)
attempt("fchmodat", lambda: os.chmod("chmod", 0o4755, dir_fd=os.open(".", os.O_RDONLY)))
""",
        look=_special_files,
    ),
    Attack(
        "devices",
        "Make device nodes: of memory, of disks.",
        """
for place in ("/project", "/tmp", "/dev/shm"):
    for kind, major, minor in ((0o020666, 1, 1), (0o020666, 1, 3), (0o060666, 8, 0), (0o060666, 254, 0)):
        path = os.path.join(place, BAIT["mark"])
        try:
            os.mknod(path, kind, os.makedev(major, minor))
        except OSError:
            continue
        through(f"a device in {place}")
        if place != "/project":
            os.unlink(path)
        else:
            os.rename(path, "device")
""",
        look=_special_files,
    ),
    Attack(
        "chroot",
        "Change the root folder, to climb out of it.",
        """
os.makedirs("inner", exist_ok=True)
def climb():
    os.chroot("inner")
    through("chroot")
    os.chdir("../../../../..")
    os.chroot(".")
    print(open(BAIT["file"]).read(), flush=True)
try:
    climb()
except OSError:
    pass
""",
    ),
    Attack(
        "kernel",
        "Use the parts of the kernel that break most often, and those that are root's.",
        """
closed("keyctl", 0, -3, 1)
closed("add_key", b"user", b"devmatrix", b"x", 1, -2)
closed("request_key", b"user", b"devmatrix", None, 0)
closed("bpf", 0, (ctypes.c_uint32 * 18)(2, 4, 4, 1), 72)
closed("userfaultfd", 0)
closed("perf_event_open", (ctypes.c_uint32 * 32)(1, 128), 0, -1, -1, 0)
closed("io_uring_setup", 1, (ctypes.c_uint32 * 30)())
closed("memfd_secret", 0)
closed("fanotify_init", 0, 0)
closed("open_by_handle_at", -100, (ctypes.c_uint32 * 32)(8), 0)
closed("quotactl", 0x80000700, None, 0, 0)
closed("syslog", 3, ctypes.create_string_buffer(64), 64)
closed("init_module", None, 0, b"")
closed("finit_module", -1, b"", 0)
closed("kexec_load", 0, 0, None, -1)
closed("pidfd_getfd", -1, 0, 0)
""",
    ),
    Attack(
        "clock",
        "Set the clock and the name of the host.",
        """
attempt("setting the clock", time.clock_settime, time.CLOCK_REALTIME, time.time())
now = (ctypes.c_long * 2)(int(time.time()), 0)
closed("settimeofday", now, None) if os.getuid() else through("settimeofday is root's")
attempt("naming the host", socket.sethostname, socket.gethostname())
closed("setdomainname", b"", -1)
""",
    ),
    Attack(
        "privilege",
        "Raise a limit or a priority, and hide from the kernel when memory ends.",
        """
import resource
for name in ("RLIMIT_AS", "RLIMIT_NPROC", "RLIMIT_NOFILE", "RLIMIT_FSIZE", "RLIMIT_CPU", "RLIMIT_CORE"):
    number = getattr(resource, name)
    soft, hard = resource.getrlimit(number)
    if hard == resource.RLIM_INFINITY:
        through(f"no {name}")
    else:
        attempt(f"raising {name}", resource.setrlimit, number, (soft, hard + 1))
attempt("a higher priority", os.setpriority, os.PRIO_PROCESS, 0, -5)
attempt("real time", os.sched_setscheduler, 0, os.SCHED_FIFO, os.sched_param(1))
attempt("hiding", lambda: open("/proc/self/oom_score_adj", "w").write("-500"))
""",
    ),
)
