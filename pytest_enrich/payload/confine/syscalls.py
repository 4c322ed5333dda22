"""System calls by name, for the two architectures that are supported."""

from __future__ import annotations

import ctypes
import errno
import os
import platform
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

TABLE = """
    socket 41 198, socketpair 53 199, clone 56 220, fork 57 -, vfork 58 -, execve 59 221, execveat 322 281,
    clone3 435 435, kill 62 129, tkill 200 130, tgkill 234 131, rt_sigqueueinfo 129 138,
    rt_tgsigqueueinfo 297 240, pidfd_send_signal 424 424, pidfd_getfd 438 438, ptrace 101 117,
    process_vm_readv 310 270, process_vm_writev 311 271, process_madvise 440 440, process_mrelease 448 448,
    kcmp 312 272, move_pages 279 239, migrate_pages 256 238, io_uring_setup 425 425, io_uring_enter 426 426,
    io_uring_register 427 427, shmget 29 194, shmat 30 196, shmctl 31 195, shmdt 67 197, semget 64 190,
    semop 65 193, semctl 66 191, semtimedop 220 192, msgget 68 186, msgsnd 69 189, msgrcv 70 188, msgctl 71 187,
    mq_open 240 180, mq_unlink 241 181, mq_timedsend 242 182, mq_timedreceive 243 183, mq_notify 244 184,
    mq_getsetattr 245 185, keyctl 250 219, add_key 248 217, request_key 249 218, mount 165 40, umount2 166 39,
    pivot_root 155 41, chroot 161 51, move_mount 429 429, open_tree 428 428, fsopen 430 430, fsconfig 431 431,
    fsmount 432 432, fspick 433 433, mount_setattr 442 442, setns 308 268, unshare 272 97, swapon 167 224,
    swapoff 168 225, reboot 169 142, kexec_load 246 104, kexec_file_load 320 294, init_module 175 105,
    finit_module 313 273, delete_module 176 106, create_module 174 -, bpf 321 280, perf_event_open 298 241,
    userfaultfd 323 282, fanotify_init 300 262, fanotify_mark 301 263, name_to_handle_at 303 264,
    open_by_handle_at 304 265, quotactl 179 60, quotactl_fd 443 443, acct 163 89, settimeofday 164 170,
    clock_settime 227 112, adjtimex 159 171, clock_adjtime 305 266, sethostname 170 161, setdomainname 171 162,
    iopl 172 -, ioperm 173 -, syslog 103 116, vhangup 153 58, lookup_dcookie 212 18, modify_ldt 154 -,
    setpriority 141 140, ioprio_set 251 30, sched_setscheduler 144 119, sched_setparam 142 118,
    sched_setattr 314 274, sched_setaffinity 203 122, prlimit64 302 261, fcntl 72 25, ioctl 16 29, chmod 90 -,
    fchmod 91 52, fchmodat 268 53, fchmodat2 452 452, chown 92 -, fchown 93 55, lchown 94 -, fchownat 260 54,
    setxattr 188 5, lsetxattr 189 6, fsetxattr 190 7, removexattr 197 14, lremovexattr 198 15,
    fremovexattr 199 16, utime 132 -, utimes 235 -, futimesat 261 -, utimensat 280 88, truncate 76 45,
    openat 257 56, openat2 437 437, open 2 -, landlock_create_ruleset 444 444, landlock_add_rule 445 445,
    landlock_restrict_self 446 446, seccomp 317 277, fallocate 285 47, memfd_create 319 279
"""
"""Name, number on x86-64, number on arm64 (`-` if it has none)."""

ARCHITECTURES = {"x86_64": (1, 0xC000003E), "aarch64": (2, 0xC00000B7)}
"""Column of the table, and the kernel's name for it (AUDIT_ARCH_X86_64, AUDIT_ARCH_AARCH64)."""

UNKNOWN = 463
"""The first number that the table does not cover; all of x86-64's 32-bit variants are above it."""
SET_NO_NEW_PRIVS = 38
CAPBSET_DROP = 24
CAP_AMBIENT, CAP_AMBIENT_CLEAR_ALL = 47, 4
CAPABILITY_VERSION = 0x20080522
MOST_CAPABILITIES = 64


def _libc() -> Callable[..., int]:
    function = ctypes.CDLL(None, use_errno=True).syscall
    function.restype = ctypes.c_long
    return function


@dataclass(frozen=True)
class System:
    """The system calls of a machine."""

    architecture: int
    numbers: dict[str, int]
    unknown: int = UNKNOWN
    invoke: Callable[..., int] = field(default_factory=_libc)

    @classmethod
    def current(cls) -> System:
        """The system calls of this machine.

        Raises:
            OSError: The table does not have this machine, or this is a 32-bit process.
        """
        machine = platform.machine()
        if machine not in ARCHITECTURES or ctypes.sizeof(ctypes.c_void_p) != 8:  # noqa: PLR2004 - bytes
            raise OSError(errno.ENOSYS, f"no table of system calls for {machine}")
        return cls.of(machine)

    @classmethod
    def of(cls, machine: str) -> System:
        """The system calls of `x86_64` or `aarch64`."""
        column, architecture = ARCHITECTURES[machine]
        rows = [row.split() for row in TABLE.split(",")]
        numbers = {row[0]: int(row[column]) for row in rows if row[column] != "-"}
        return cls(architecture, numbers)

    def call(self, name: str, *arguments: Any) -> int:
        """Make a call.

        Raises:
            OSError: The error that the kernel reports.
        """
        answer = self.invoke(ctypes.c_long(self.numbers[name]), *arguments)
        if answer < 0:
            number = ctypes.get_errno()
            raise OSError(number, f"{name}: {os.strerror(number)}")
        return answer


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


def drop_privileges() -> None:
    """Drop all capabilities now, and gain no privileges through programs started later.

    Raises:
        OSError: The kernel refuses it.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in range(MOST_CAPABILITIES):
        # Fails for those that the kernel does not know, and if there are none to drop.
        libc.prctl(CAPBSET_DROP, capability, 0, 0, 0)
    libc.prctl(CAP_AMBIENT, CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    nothing = (ctypes.c_uint32 * 6)()
    header = _Header(CAPABILITY_VERSION, 0)
    if libc.capset(ctypes.byref(header), nothing) or libc.prctl(SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        number = ctypes.get_errno()
        raise OSError(number, f"capabilities cannot be dropped: {os.strerror(number)}")
