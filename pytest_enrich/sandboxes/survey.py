"""The layers that an isolation is made of, one by one: for people who want to know why there are no more."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from msgspec import Struct

from pytest_enrich.sandboxes import isolation

NO_KERNEL_LAYERS = (
    "not there: Linux 5.13 or later has Landlock, where `cat /sys/kernel/security/lsm` names it; "
    "container runtimes can forbid seccomp: `--security-opt seccomp=unconfined`"
)


class Layer(Struct, frozen=True):
    """A layer, as tried just now: `found` says what is there, or what would help."""

    name: str
    works: bool
    found: str


def survey(rootdir: Path) -> tuple[str, tuple[Layer, ...]]:
    """The name of the strongest isolation here, and all layers, the outermost first.

    Args:
        rootdir: The project's.
    """
    if not sys.platform.startswith("linux"):
        return isolation.RLIMITS_ONLY.name, ()
    working = list(isolation.available(rootdir))
    kernel = Layer("landlock+seccomp", bool(working), "in force" if working else NO_KERNEL_LAYERS)
    layers = _bwrap(next((one for one in working if one.bwrap), None)), kernel
    return (working or [isolation.RLIMITS_ONLY])[0].name, layers


def _bwrap(isolated: isolation.Isolation | None) -> Layer:
    program = shutil.which("bwrap")
    if program is None:
        return Layer("bwrap", works=False, found="not installed: `apt-get install bubblewrap`")
    if isolated is None:
        what = "cannot make namespaces here: `sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`"
        return Layer("bwrap", works=False, found=f"{program}, which {what}")
    exposed = "; no modes are changed in it: root may make no device files here, and would change the machine's"
    more = exposed if isolated.devices == "exposed" else ""
    return Layer("bwrap", works=True, found=f"{program}, namespaces of its own{more}")
