"""Give up what being root, or starting a set-user-id program, would bring."""

from __future__ import annotations

import ctypes
import os

SET_NO_NEW_PRIVS = 38
CAPBSET_DROP = 24
CAP_AMBIENT, CAP_AMBIENT_CLEAR_ALL = 47, 4
CAPABILITY_VERSION = 0x20080522
MOST_CAPABILITIES = 64


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


def drop() -> None:
    """Gain nothing by programs started later, and lose all capabilities now.

    Raises:
        OSError: The kernel refuses it.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in range(MOST_CAPABILITIES):
        # Fails for those that the kernel does not know, and when there is nothing to lose.
        libc.prctl(CAPBSET_DROP, capability, 0, 0, 0)
    libc.prctl(CAP_AMBIENT, CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    nothing = (ctypes.c_uint32 * 6)()
    header = _Header(CAPABILITY_VERSION, 0)
    if libc.capset(ctypes.byref(header), nothing) or libc.prctl(SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        number = ctypes.get_errno()
        raise OSError(number, f"capabilities cannot be dropped: {os.strerror(number)}")
