"""Which system calls are denied. What is not named here, and known to the table, is allowed."""

from __future__ import annotations

import dataclasses
import errno
import os

from . import filter as bpf
from .syscalls import System

AF_UNIX, AF_INET, AF_INET6 = 1, 2, 10
SOCK_STREAM, SOCK_SEQPACKET = 1, 5
SOCK_KIND = 0xF
"""The bits of a socket's type that are no flags (SOCK_CLOEXEC, SOCK_NONBLOCK)."""
CLONE_THREAD = 0x10000
CLONE_NEW = 0x7E020000 | 0x80
"""All flags that make namespaces."""

FD_OWNER = (8, 10, 15)
"""F_SETOWN, F_SETSIG, F_SETOWN_EX: they make the kernel send signals to others."""

TERMINAL_AND_OWNER = (0x5412, 0x541C, 0x8901, 0x8902)
"""TIOCSTI and TIOCLINUX type into a terminal; FIOSETOWN and SIOCSPGRP do as F_SETOWN does."""

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


@dataclasses.dataclass(frozen=True)
class Rules:
    """What a filter allows.

    Attributes:
        network: Internet sockets: there is a network without anyone else in it.
        metadata: Modes, owners, times and attributes of files.
        forks: New processes.
        programs: Other programs in the place of this one.
        signals: Signals; Landlock sees to it that they reach nobody outside.
        truncates: Truncating; Landlock sees to it that it hits nothing outside.
    """

    network: bool
    metadata: bool
    forks: bool
    programs: bool
    signals: bool
    truncates: bool

    def instructions(self, system: System, own: int, parent: int) -> list[bpf.Instruction]:
        """The filter for the process `own`."""
        rules = self._denied() | self._sockets() | self._processes(own, parent) | self._files()
        numbered = {
            system.numbers[name]: body for name, body in rules.items() if system.numbers.get(name) is not None
        }
        return bpf.program(system, numbered, errno.ENOSYS)

    def _denied(self) -> dict[str, list[bpf.Instruction]]:
        names = ALWAYS.split()
        for allowed, more in (
            (self.metadata, METADATA),
            (self.forks, FORKS),
            (self.programs, PROGRAMS),
            (self.signals, SIGNALS),
        ):
            names += [] if allowed else more.split()
        # So that libc falls back to calls whose arguments can be seen, and files whose size is.
        unknown = dict.fromkeys(("clone3", "openat2", "memfd_create"), bpf.deny(errno.ENOSYS))
        # Space has to be written, which takes time enough to be noticed; libc does so where this is not there.
        slow = {"fallocate": bpf.deny(errno.EOPNOTSUPP)}
        return dict.fromkeys(names, bpf.deny(errno.EPERM)) | unknown | slow

    def _sockets(self) -> dict[str, list[bpf.Instruction]]:
        # A local socket reaches services outside by a path, even from a network of one's own.
        families = (AF_INET, AF_INET6) if self.network else ()
        return {
            "socket": bpf.only(0, families, errno.EPERM),
            # Nor may a pair be of datagrams (SOCK_RAW makes one as well): each can be sent to any path.
            "socketpair": [
                *bpf.must(0, AF_UNIX, errno.EPERM),
                *bpf.only(1, (SOCK_STREAM, SOCK_SEQPACKET), errno.EPERM, mask=SOCK_KIND),
            ],
        }

    def _processes(self, own: int, parent: int) -> dict[str, list[bpf.Instruction]]:
        rules = {
            "clone": bpf.bits(0, CLONE_NEW, 0 if self.forks else CLONE_THREAD, errno.EPERM),
            # Of other processes of this user, they change the limits and the processors.
            "prlimit64": bpf.only(0, (0, own), errno.EPERM),
            "sched_setaffinity": bpf.only(0, (0, own), errno.EPERM),
            "fcntl": bpf.never(1, FD_OWNER, errno.EPERM),
            "ioctl": bpf.never(1, TERMINAL_AND_OWNER, errno.EPERM),
        }
        if not self.signals:
            rules["tgkill"] = bpf.only(0, (own,), errno.EPERM)
            # With forks there are others to be ended; never all, never the group, never who watches over it.
            everyone = (-1, 0, 1, parent)
            rules["kill"] = bpf.never(0, everyone, errno.EPERM) if self.forks else bpf.only(0, (own,), errno.EPERM)
        return rules

    def _files(self) -> dict[str, list[bpf.Instruction]]:
        if self.truncates:
            return {}
        # Opening for reading can truncate too.
        mask, value = os.O_TRUNC | os.O_ACCMODE, os.O_TRUNC
        return {
            "truncate": bpf.deny(errno.EPERM),
            "open": bpf.masked(1, mask, value, errno.EPERM),
            "openat": bpf.masked(2, mask, value, errno.EPERM),
        }
