"""Seccomp: a program for the kernel that checks every system call, assembled by hand."""

from __future__ import annotations

import ctypes
import dataclasses
import errno
import os
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from .syscalls import System

Instruction: TypeAlias = tuple[int, int, int, int]
"""Code, how many instructions to skip if true and if false, and the operand."""

LOAD, AND, RETURN = 0x20, 0x54, 0x06
IF_EQUAL, IF_AT_LEAST, IF_ANY_BIT = 0x15, 0x35, 0x45
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16
ALLOW, ERRNO, KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000
LOWER_HALF = 0xFFFFFFFF
ALLOWED: Instruction = (RETURN, 0, 0, ALLOW)
SET_MODE_FILTER = 1
LONGEST = 4096
AF_UNIX, AF_INET, AF_INET6 = 1, 2, 10
SOCK_STREAM, SOCK_SEQPACKET = 1, 5
SOCK_KIND = 0xF
"""The bits of a socket's type that are not flags (SOCK_CLOEXEC, SOCK_NONBLOCK)."""
CLONE_THREAD = 0x10000
CLONE_NEW = 0x7E020000 | 0x80
"""All flags that create namespaces."""

FD_OWNER = (8, 10, 15)
"""F_SETOWN, F_SETSIG, F_SETOWN_EX: they make the kernel send signals to others."""

TERMINAL_AND_OWNER = (0x5412, 0x541C, 0x8901, 0x8902)
"""TIOCSTI and TIOCLINUX type into a terminal; FIOSETOWN and SIOCSPGRP do what F_SETOWN does."""

ALWAYS = """
    ptrace process_vm_readv process_vm_writev process_madvise process_mrelease pidfd_getfd kcmp
    move_pages migrate_pages
    io_uring_setup io_uring_enter io_uring_register
    shmget shmat shmctl shmdt semget semop semctl semtimedop msgget msgsnd msgrcv msgctl
    mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr
    keyctl add_key request_key
    mount umount2 pivot_root chroot move_mount open_tree fsopen fsconfig fsmount fspick mount_setattr
    setns unshare swapon swapoff reboot kexec_load kexec_file_load
    init_module finit_module delete_module create_module
    bpf perf_event_open userfaultfd fanotify_init fanotify_mark name_to_handle_at open_by_handle_at
    quotactl quotactl_fd acct settimeofday clock_settime adjtimex clock_adjtime sethostname setdomainname
    iopl ioperm syslog vhangup lookup_dcookie modify_ldt
    setpriority ioprio_set sched_setscheduler sched_setparam sched_setattr
"""
METADATA = """
    chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat
    setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr
    utime utimes futimesat utimensat
"""
SIGNALS = "tkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_send_signal"
FORKS = "fork vfork"
PROGRAMS = "execve execveat"


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("true", ctypes.c_uint8),
        ("false", ctypes.c_uint8),
        ("operand", ctypes.c_uint32),
    )


def deny(number: int = errno.EPERM) -> Instruction:
    """Let the call fail with this errno and do nothing."""
    return (RETURN, 0, 0, ERRNO | number)


def only(argument: int, values: Iterable[int], *, mask: int = LOWER_HALF) -> list[Instruction]:
    """Allow the call only if the bits of `mask` in the argument (its lower 32 bits) are one of these values."""
    return [*_each(argument, values, mask, ALLOWED), deny()]


def never(argument: int, values: Iterable[int], *, mask: int = LOWER_HALF) -> list[Instruction]:
    """Deny the call if these bits of the argument are one of these values."""
    return [*_each(argument, values, mask, deny()), ALLOWED]


def _each(argument: int, values: Iterable[int], mask: int, answer: Instruction) -> Iterator[Instruction]:
    """Give this answer for any of the values; otherwise the next instructions decide."""
    yield from (_load(argument), (AND, 0, 0, mask))
    for value in values:
        yield from ((IF_EQUAL, 0, 1, value & LOWER_HALF), answer)


def filter_program(system: System, rules: dict[int, list[Instruction]]) -> list[Instruction]:
    """The whole program: other architectures end the process, calls newer than the table are unknown."""
    whole: list[Instruction] = [
        (LOAD, 0, 0, ARCHITECTURE),
        (IF_EQUAL, 1, 0, system.architecture),
        (RETURN, 0, 0, KILL_PROCESS),
        (LOAD, 0, 0, NUMBER),
        (IF_AT_LEAST, 0, 1, system.unknown),
        deny(errno.ENOSYS),
    ]
    for call, body in rules.items():
        whole += [(IF_EQUAL, 0, len(body), call), *body]
    return [*whole, ALLOWED]


def _load(argument: int) -> Instruction:
    # Both architectures are little-endian: the lower half comes first.
    return (LOAD, 0, 0, ARGUMENTS + 8 * argument)


def install_filter(system: System, instructions: list[Instruction]) -> None:
    """Put the program into force for this thread and all that it starts.

    Raises:
        OSError: The kernel refuses it.
    """
    assert len(instructions) <= LONGEST
    assembled = (_Instruction * len(instructions))(*(_Instruction(*instruction) for instruction in instructions))
    whole = _Program(len(instructions), ctypes.cast(assembled, ctypes.c_void_p))
    system.call("seccomp", SET_MODE_FILTER, 0, ctypes.byref(whole))


@dataclasses.dataclass(frozen=True)
class Rules:
    """What a filter allows.

    Attributes:
        network: Internet sockets, as there is a separate network with nobody else in it.
        metadata: Modes, owners, times and attributes of files.
        forks: New processes.
        programs: Executing other programs in place of this one.
        signals: Signals; Landlock makes sure that they reach nobody outside.
        truncates: Truncating; Landlock makes sure that it affects nothing outside.
    """

    network: bool
    metadata: bool
    forks: bool
    programs: bool
    signals: bool
    truncates: bool

    def instructions(self, system: System, own: int, parent: int) -> list[Instruction]:
        """The filter for the process `own`."""
        rules = self._denied() | self._sockets() | self._processes(own, parent) | self._files()
        numbered = {system.numbers[name]: body for name, body in rules.items() if name in system.numbers}
        return filter_program(system, numbered)

    def _denied(self) -> dict[str, list[Instruction]]:
        names = ALWAYS.split()
        for allowed, more in (
            (self.metadata, METADATA),
            (self.forks, FORKS),
            (self.programs, PROGRAMS),
            (self.signals, SIGNALS),
        ):
            names += [] if allowed else more.split()
        # So that libc falls back to calls whose arguments can be checked, and to files whose size is limited.
        unknown = {name: [deny(errno.ENOSYS)] for name in ("clone3", "openat2", "memfd_create")}
        # Allocating must write the space, slow enough to be noticed; libc does that if this call is missing.
        slow = {"fallocate": [deny(errno.EOPNOTSUPP)]}
        return {name: [deny()] for name in names} | unknown | slow

    def _sockets(self) -> dict[str, list[Instruction]]:
        # A local socket reaches services outside by a path, even from a separate network.
        families = (AF_INET, AF_INET6) if self.network else ()
        return {
            "socket": only(0, families),
            # A pair may not be of datagrams (which SOCK_RAW makes too) either: these can be sent to any path.
            "socketpair": [
                *(_load(0), (IF_EQUAL, 1, 0, AF_UNIX), deny()),
                *only(1, (SOCK_STREAM, SOCK_SEQPACKET), mask=SOCK_KIND),
            ],
        }

    def _processes(self, own: int, parent: int) -> dict[str, list[Instruction]]:
        forked = [] if self.forks else [(IF_ANY_BIT, 1, 0, CLONE_THREAD), deny()]
        rules = {
            "clone": [_load(0), (IF_ANY_BIT, 0, 1, CLONE_NEW), deny(), *forked, ALLOWED],
            # These change limits and processors of other processes of this user, too.
            "prlimit64": only(0, (0, own)),
            "sched_setaffinity": only(0, (0, own)),
            "fcntl": never(1, FD_OWNER),
            "ioctl": never(1, TERMINAL_AND_OWNER),
        }
        if not self.signals:
            rules["tgkill"] = only(0, (own,))
            # With forks, there are others to be killed; but never all, never the group, never the supervisor.
            everyone = (-1, 0, 1, parent)
            rules["kill"] = never(0, everyone) if self.forks else only(0, (own,))
        return rules

    def _files(self) -> dict[str, list[Instruction]]:
        if self.truncates:
            return {}
        # Opening for reading can truncate, too.
        mask, value = os.O_TRUNC | os.O_ACCMODE, os.O_TRUNC
        opening = {"open": never(1, [value], mask=mask), "openat": never(2, [value], mask=mask)}
        return {"truncate": [deny()], **opening}
