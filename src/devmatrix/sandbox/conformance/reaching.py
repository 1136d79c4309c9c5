"""Attacks that reach for what is the host's: its network, files, environment, processes and terminals."""

import re
from pathlib import Path

from devmatrix.errors import SandboxError
from devmatrix.sandbox.conformance.attack import CALM, Attack
from devmatrix.sandbox.conformance.bait import Bait
from devmatrix.sandbox.holding import read_left
from devmatrix.sandbox.sandbox import Completed

_OWN_VARIABLES = {"PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE", "PWD"}


def _host_variables(bait: Bait, project: Path, done: Completed) -> str:
    host = Path("/proc/self/environ").read_text(encoding="utf-8", errors="replace").split("\0")
    seen = set(done.stdout.splitlines())
    leaked = sorted(text.partition("=")[0] for text in host if text in seen)
    return ", ".join(name for name in leaked if name and name not in _OWN_VARIABLES)


def _led_out(bait: Bait, project: Path, done: Completed) -> str:
    found = []
    for path in ("link", "pipe", "folder/secret", "up/secret"):
        try:
            read_left(project, path)
        except SandboxError:
            continue
        found.append(f"the host read {path}")
    return ", ".join(found)


def _control_characters(bait: Bait, project: Path, done: Completed) -> str:
    found = re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f]", done.stdout + done.stderr)
    return f"printed {sorted(set(found))} for a terminal" if found else ""


REACHING = (
    Attack(
        "network-host",
        "Connect to ports that the host listens on.",
        """
for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::ffff:127.0.0.1")):
    for kind, port in ((socket.SOCK_STREAM, BAIT["port"]), (socket.SOCK_DGRAM, BAIT["datagrams"])):
        try:
            with socket.socket(family, kind) as end:
                end.settimeout(1)
                end.connect((host, port))
                end.send(b"x")
        except OSError:
            pass
""",
    ),
    Attack(
        "network-outside",
        "Find an interface, and send something to an address outside.",
        """
for _, name in socket.if_nameindex():
    if name != "lo":
        through(f"interface {name}")
for family, address in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
    attempt(f"sending to {address}", lambda: socket.socket(family, socket.SOCK_DGRAM).sendto(b"x", (address, 9)))
    attempt(f"connecting to {address}", lambda: socket.create_connection((address, 9), timeout=0.2))
""",
    ),
    Attack(
        "network-names",
        "Resolve a name of the Internet.",
        'attempt("resolving a name", socket.getaddrinfo, "example.com", 80)',
        harmless=False,
    ),
    Attack(
        "network-raw",
        "Open sockets below or beside the Internet protocols: raw, packets, the hypervisor's, the kernel's ciphers.",
        """
attempt("raw socket", socket.socket, socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
attempt("packet socket", socket.socket, socket.AF_PACKET, socket.SOCK_RAW, 0x300)
attempt("packet socket", socket.socket, socket.AF_PACKET, socket.SOCK_DGRAM, 0x300)
for name, number in (("vsock", 40), ("cipher", 38), ("key", 15), ("bluetooth", 31), ("xdp", 44), ("rds", 21)):
    attempt(f"{name} socket", socket.socket, number, socket.SOCK_STREAM)
    attempt(f"{name} socket", socket.socket, number, socket.SOCK_SEQPACKET)
    attempt(f"{name} socket", socket.socket, number, socket.SOCK_RAW)
""",
    ),
    Attack(
        "unix-sockets",
        "Connect to Unix sockets of the host, abstract ones and files.",
        """
known = ["/run/docker.sock", "/var/run/docker.sock", "/run/dbus/system_bus_socket", "/run/systemd/private"]
for address in (BAIT["abstract"], BAIT["socket"], "/proc/1/root" + BAIT["socket"], *known):
    try:
        with socket.socket(socket.AF_UNIX) as end:
            end.connect(address)
            end.send(b"x")
            if address in known:
                through(address)
    except OSError:
        pass
""",
    ),
    Attack(
        "files-read",
        "Read files of the host, directly and around corners.",
        """
for prefix in ("", "/proc/1/root", "/proc/self/root", "/proc/self/cwd/..", "/project/../..", "/proc/1/cwd/../.."):
    try:
        print(open(prefix + BAIT["file"]).read(), flush=True)
    except OSError:
        pass
for path in ("/etc/shadow", "/etc/sudoers", "/etc/ssh", "/root", "/home", "/var/log", "/run/secrets"):
    if os.path.lexists(path):
        through(path)
""",
    ),
    Attack(
        "files-write",
        "Make, change, move and remove files of the host.",
        """
for place in BAIT["places"] + ["/proc/sys/kernel", "/lib", "/bin"]:
    try:
        open(os.path.join(place, BAIT["mark"]), "w").close()
    except OSError:
        pass
for change in (lambda path: open(path, "w").write("x"), lambda path: os.chmod(path, 0o777), os.unlink,
               lambda path: os.rename(path, path + "x"), lambda path: os.utime(path, (0, 0))):
    try:
        change(BAIT["file"])
    except OSError:
        pass
""",
    ),
    Attack(
        "interpreter",
        "Write to the interpreter, its library, the virtual environment, and the programs of the system.",
        """
import json
for path in (sys.executable, os.path.realpath(sys.executable), os.__file__, json.__file__, "/bin/sh", "/etc/passwd",
             BAIT["environment"] + "/pyvenv.cfg"):
    attempt(f"writing to {path}", open, path, "r+b")
""",
    ),
    Attack(
        "environment",
        "Read the environment and the arguments of the host's processes.",
        """
for process in filter(str.isdigit, os.listdir("/proc")):
    for name in ("environ", "cmdline"):
        try:
            print(open(f"/proc/{process}/{name}").read().replace("\\0", "\\n"), flush=True)
        except OSError:
            pass
print("\\n".join(f"{name}={value}" for name, value in os.environ.items() if name != "DEVMATRIX_BAIT"), flush=True)
""",
        look=_host_variables,
    ),
    Attack(
        "proc",
        "Open the kernel's memory, log and switches.",
        """
for path in ("/proc/kcore", "/proc/kmsg", "/dev/mem", "/dev/kmem", "/dev/port", "/dev/kmsg", "/dev/kvm", "/dev/fuse",
             "/dev/net/tun", "/proc/kpagecount", "/sys/kernel/security", "/sys/fs/cgroup", "/sys/kernel/debug"):
    attempt(path, os.open, path, os.O_RDONLY | os.O_NONBLOCK)
for path in ("/proc/sysrq-trigger", "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname",
             "/proc/sys/vm/drop_caches", "/proc/sys/kernel/modprobe", "/proc/sys/kernel/shmmax",
             "/proc/irq/default_smp_affinity"):
    attempt(f"writing to {path}", os.open, path, os.O_WRONLY)
""",
    ),
    Attack(
        "descriptors",
        "Find a file of the host that was left open.",
        """
for process in filter(str.isdigit, os.listdir("/proc")):
    try:
        links = [os.readlink(f"/proc/{process}/fd/{name}") for name in os.listdir(f"/proc/{process}/fd")]
    except OSError:
        continue
    for link in links:
        if link.startswith("/") and link != "/dev/null" and not link.startswith("/proc"):
            through(f"an open {link}")
""",
    ),
    Attack(
        "links",
        "Lead out of the project by links and pipes, or lead those who read it afterwards there.",
        """
for target, name in ((BAIT["file"], "link"), (BAIT["folder"], "folder"), (os.path.dirname(BAIT["folder"]), "up")):
    if not os.path.lexists(name):
        os.symlink(target, name)
if not os.path.exists("pipe"):
    os.mkfifo("pipe")
attempt("a second name of a host's file", os.link, BAIT["file"], "hard")
for path in ("link", "folder/secret"):
    try:
        print(open(path).read(), flush=True)
        open(path, "a").write("x")
    except OSError:
        pass
""",
        runs=2,  # before the second, the folder is handed over anew, with the links in it
        look=_led_out,
    ),
    Attack(
        "terminal",
        "Type on a terminal of the host, or write to one.",
        """
import fcntl, termios
for path in ("/dev/tty", "/dev/console", BAIT["terminal"], "/dev/tty0", "/dev/tty1"):
    try:
        end = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    except OSError:
        continue
    through(path)
    if path == BAIT["terminal"]:
        os.write(end, b"x")
main, other = os.openpty()
for end in (0, 1, 2, other):
    for request in (termios.TIOCSTI, termios.TIOCLINUX if hasattr(termios, "TIOCLINUX") else 0x541C):
        attempt("typing on a terminal", fcntl.ioctl, end, request, b"x")
""",
    ),
    Attack(
        "terminal-escapes",
        "Print what a terminal would obey.",
        r"""
sys.stdout.write("\x1b[2J\x1b]0;title\x07\x1b]52;c;eA==\x07\x9b31m\x08\r\x7f\x90\n")
sys.stderr.write("\x1b[6n\x0e\n")
sys.stdout.flush()
""",
        limits=CALM,
        look=_control_characters,
    ),
)
