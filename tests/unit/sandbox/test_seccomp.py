"""The filter of system calls, interpreted: what it refuses, and what it must let pass."""

import errno
import struct

import pytest

from devmatrix.sandbox.seccomp import call_numbers, filter_program

ALLOWED = 0
MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
CALLS = {
    "x86_64": {
        "read": 0,
        "open": 2,
        "socket": 41,
        "socketpair": 53,
        "ioctl": 16,
        "clone": 56,
        "shmget": 29,
        "chmod": 90,
    }
    | {"openat": 257, "fchmodat": 268, "fallocate": 285, "openat2": 437, "fork": 57, "execve": 59, "mknodat": 259},
    "aarch64": {"read": 63, "socket": 198, "socketpair": 199, "ioctl": 29, "clone": 220, "shmget": 194, "openat": 56}
    | {"fchmodat": 53, "fallocate": 47, "openat2": 437, "execve": 221, "mknodat": 33},
}


def verdict(machine: str, number: int, *arguments: int, audit: int | None = None) -> int:
    """The error that the filter gives, or ALLOWED."""
    program = filter_program(machine)
    assert program is not None
    data = struct.pack("=iIQ6Q", number, MACHINES[machine] if audit is None else audit, 0, *(*arguments, *[0] * 6)[:6])
    steps = list(struct.iter_unpack("=HBBI", program))
    at, loaded = 0, 0
    while True:
        code, if_true, if_false, value = steps[at]
        at += 1
        if code == 0x20:
            (loaded,) = struct.unpack_from("=I", data, value)
        elif code == 0x06:
            return ALLOWED if value == 0x7FFF0000 else value & 0xFFFF
        else:
            holds = {0x15: loaded == value, 0x35: loaded >= value, 0x45: bool(loaded & value)}[code]
            at += if_true if holds else if_false


@pytest.mark.parametrize("machine", MACHINES)
def test_calls_that_no_project_needs_are_refused(machine: str) -> None:
    numbers = call_numbers(machine)
    judged_by_arguments = {"clone", "shmget", "capset"}
    assert len(numbers) > 40
    for name, number in numbers.items():
        if name not in judged_by_arguments:
            assert verdict(machine, number) in (errno.ENOSYS, errno.EPERM), name


@pytest.mark.parametrize("machine", MACHINES)
def test_ordinary_calls_pass(machine: str) -> None:
    calls = CALLS[machine]
    for name in ("read", "execve"):
        assert verdict(machine, calls[name]) == ALLOWED
    for family in (1, 2, 10, 16):
        assert verdict(machine, calls["socket"], family, 1) == ALLOWED
    assert verdict(machine, calls["ioctl"], 1, 0x5401) == ALLOWED
    assert verdict(machine, calls["clone"], 0x003D0F00) == ALLOWED  # a thread
    assert verdict(machine, calls["shmget"], 0, 56) == ALLOWED
    assert verdict(machine, calls["openat"], 0, 0, 0o101, 0o644) == ALLOWED
    assert verdict(machine, calls["openat"], 0, 0, 0, 0xFFFF) == ALLOWED  # no file is made: the mode is no mode
    assert verdict(machine, calls["fchmodat"], 0, 0, 0o2775) == ALLOWED


@pytest.mark.parametrize("machine", MACHINES)
def test_arguments_decide(machine: str) -> None:
    calls = CALLS[machine]
    for family in (17, 38, 40, 44):
        assert verdict(machine, calls["socket"], family, 3) == errno.EAFNOSUPPORT
        assert verdict(machine, calls["socketpair"], family, 3) == errno.EAFNOSUPPORT
    assert verdict(machine, calls["ioctl"], 1, 0x5412) == errno.EPERM
    assert verdict(machine, calls["ioctl"], 1, 0x5412 | 1 << 40) == errno.EPERM  # the kernel looks at 32 bits
    assert verdict(machine, calls["clone"], 0x10000000 | 17) == errno.EPERM
    assert verdict(machine, calls["shmget"], 0, 2**20) == errno.EINVAL
    assert verdict(machine, calls["shmget"], 0, 1 << 32) == errno.EINVAL
    assert verdict(machine, calls["openat"], 0, 0, 0o101, 0o4755) == errno.EPERM
    assert verdict(machine, calls["openat"], 0, 0, 0o20200002, 0o4755) == errno.EPERM  # a file without a name
    assert verdict(machine, calls["fchmodat"], 0, 0, 0o4755) == errno.EPERM
    assert verdict(machine, calls["mknodat"], 0, 0, 0o104755) == errno.EPERM
    assert verdict(machine, calls["fallocate"], 3) == errno.EOPNOTSUPP
    assert verdict(machine, calls["openat2"], 3) == errno.ENOSYS


def test_other_faces_of_the_same_kernel_are_closed() -> None:
    assert verdict("x86_64", 0, audit=0x40000003) == errno.ENOSYS  # 32 bits
    assert verdict("x86_64", 0x40000000 | 257) == errno.ENOSYS  # x32


def test_a_machine_whose_numbers_are_not_known_has_no_filter() -> None:
    assert filter_program("riscv64") is None
    assert call_numbers("riscv64") == {}
