"""The layers that an isolation is made of, one by one: for people who want to know why there are no more."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

from msgspec import Struct

from pytest_enrich.sandboxes import isolation

TELL = f"import sys; sys.path.insert(0, {str(isolation.PAYLOAD)!r}); from confine import survey; survey.tell()"


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
    kernel = _kernel()
    layers = (
        _bwrap(next((one for one in working if one.bwrap), None)),
        _of_kernel(
            "landlock", kernel, "Linux 5.13 or later has it, where `cat /sys/kernel/security/lsm` names it"
        ),
        _of_kernel("seccomp", kernel, "container runtimes can forbid it: `--security-opt seccomp=unconfined`"),
    )
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


def _of_kernel(name: str, kernel: dict[str, str], helps: str) -> Layer:
    found = kernel.get(name, "")
    return Layer(name, works=bool(found), found=found or f"not there: {helps}")


def _kernel() -> dict[str, str]:
    command = (sys.executable, "-I", "-S", "-B", "-c", TELL)
    with contextlib.suppress(OSError, subprocess.TimeoutExpired, ValueError):
        ended = subprocess.run(command, capture_output=True, timeout=isolation.PROBE_SECONDS, check=False)
        found = json.loads(ended.stdout)
        return {str(name): str(what) for name, what in found.items()}
    return {}
