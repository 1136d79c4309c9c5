"""The filter of system calls: what no project needs, and what leads around the other walls."""

import errno
import platform
import struct
from dataclasses import dataclass

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06  # classic BPF
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000
_NUMBER, _MACHINE, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data

# Call: its numbers on x86_64 and aarch64. Refused as if this kernel did not have it, so that libraries do without.
_ABSENT = {
    # Memory that no limit of processes or folders counts.
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "semget": (64, 190),
    "msgget": (68, 186),
    # The host's session keyring is inherited.
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    # Large, often broken parts of the kernel.
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "perf_event_open": (298, 241),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    # Its flags cannot be looked at: the C library falls back on clone.
    "clone3": (435, 435),
}
# Refused as not permitted.
_FORBIDDEN = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "open_by_handle_at": (304, 265),
    "fanotify_init": (300, 262),
    "quotactl": (179, 60),
    "syslog": (103, 116),
    "acct": (163, 89),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
}
_FALLOCATE = (285, 47)
_SOCKET, _SOCKETPAIR, _IOCTL, _CLONE, _SHMGET = (41, 198), (53, 199), (16, 29), (56, 220), (29, 194)
# What makes a file or changes its mode: numbers (aarch64 has few), the argument with the mode, that with the flags.
_MODES = (
    ((90, None), 1, None),  # chmod
    ((91, 52), 1, None),  # fchmod
    ((268, 53), 2, None),  # fchmodat
    ((452, 452), 2, None),  # fchmodat2
    ((133, None), 1, None),  # mknod
    ((259, 33), 2, None),  # mknodat
    ((85, None), 1, None),  # creat
    ((2, None), 2, 1),  # open
    ((257, 56), 3, 2),  # openat
)
_OPENAT2 = (437, 437)
_CAPSET = (126, 91)
_CREATING_FLAGS = 0o100 | 0o20000000
"""O_CREAT and the bit of O_TMPFILE: without them open takes no mode."""
_SET_USER_BIT = 0o4000

_FAMILIES = (1, 2, 10, 16)
"""Unix, IPv4, IPv6, netlink. Others (the hypervisor's vsock, the kernel's ciphers) know no network namespace."""
_TERMINAL_REQUESTS = (0x5412, 0x541C)
"""TIOCSTI and TIOCLINUX: type on somebody's terminal."""
_NAMESPACE_FLAGS = 0x7E020000
_SHARED_BYTES = 64 * 2**10
"""Of System V: a segment may outlive the processes that are counted. PostgreSQL asks for 56 bytes."""


@dataclass(frozen=True)
class _Machine:
    column: int
    audit: int


_MACHINES = {"x86_64": _Machine(0, 0xC000003E), "aarch64": _Machine(1, 0xC00000B7)}


def filter_program(machine: str = "") -> bytes | None:
    """The filter for bubblewrap's --seccomp; none where the numbers of `machine` (default: this one) are not known."""
    known = _MACHINES.get(machine or platform.machine())
    if known is None:
        return None
    column = known.column
    program = [_step(_LOAD, _MACHINE), _step(_EQUAL, known.audit, 1, 0), _refuse(errno.ENOSYS)]
    program.append(_step(_LOAD, _NUMBER))
    if column == 0:  # the x32 face of the same kernel has other numbers
        program += [_step(_AT_LEAST, 0x40000000, 0, 1), _refuse(errno.ENOSYS)]
    for calls, error in ((_ABSENT, errno.ENOSYS), (_FORBIDDEN, errno.EPERM)):
        for numbers in calls.values():
            program += _on(numbers[column], [_refuse(error)])
    # Room that no file shows before it is written, in no time; the C library then writes zeros.
    program += _on(_FALLOCATE[column], [_refuse(errno.EOPNOTSUPP)])
    families = [_step(_EQUAL, family, len(_FAMILIES) - at, 0) for at, family in enumerate(_FAMILIES)]
    for numbers in (_SOCKET, _SOCKETPAIR):
        program += _on(numbers[column], [_argument(0), *families, _refuse(errno.EAFNOSUPPORT), _step(_RETURN, _ALLOW)])
    requests = [_argument(1)]
    for request in _TERMINAL_REQUESTS:
        requests += [_step(_EQUAL, request, 0, 1), _refuse(errno.EPERM)]
    program += _on(_IOCTL[column], [*requests, _step(_RETURN, _ALLOW)])
    flags = [_argument(0), _step(_ANY_BIT, _NAMESPACE_FLAGS, 0, 1), _refuse(errno.EPERM)]
    program += _on(_CLONE[column], [*flags, _step(_RETURN, _ALLOW)])
    large = [_argument(1, upper=True), _step(_EQUAL, 0, 0, 2), _argument(1), _step(_AT_LEAST, _SHARED_BYTES + 1, 0, 1)]
    program += _on(_SHMGET[column], [*large, _refuse(errno.EINVAL), _step(_RETURN, _ALLOW)])
    # Its mode lies behind a pointer: the C library and Python do without.
    program += _on(_OPENAT2[column], [_refuse(errno.ENOSYS)])
    for mode_calls, mode, flags_at in _MODES:
        if (number := mode_calls[column]) is not None:
            then = [_argument(mode), _step(_ANY_BIT, _SET_USER_BIT, 0, 1), _refuse(errno.EPERM)]
            if flags_at is not None:
                then = [_argument(flags_at), _step(_ANY_BIT, _CREATING_FLAGS, 0, len(then)), *then]
            program += _on(number, [*then, _step(_RETURN, _ALLOW)])
    program.append(_step(_RETURN, _ALLOW))
    return b"".join(program)


def call_numbers(machine: str) -> dict[str, int]:
    """The numbers of the calls that are refused, and of some more, by name; none where they are not known."""
    known = _MACHINES.get(machine)
    if known is None:
        return {}
    named = {**_ABSENT, **_FORBIDDEN, "clone": _CLONE, "shmget": _SHMGET, "capset": _CAPSET}
    return {name: numbers[known.column] for name, numbers in named.items()}


def _on(number: int, then: list[bytes]) -> list[bytes]:
    """`then` for this call; it has to end the program, since it may load something else than the number."""
    return [_step(_EQUAL, number, 0, len(then)), *then]


def _argument(index: int, *, upper: bool = False) -> bytes:
    return _step(_LOAD, _ARGUMENTS + 8 * index + (4 if upper else 0))


def _refuse(error: int) -> bytes:
    return _step(_RETURN, _REFUSE | error)


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
