"""The layers round a job: which work on this machine, and how a process is started inside them.

Device files are a case of their own: whoever owns one may change its mode, for the whole machine. bwrap mounts the
machine's. Where they belong to this user each process is given some of its own; where none can be made, no mode
can be changed at all.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.config import policy
from pytest_enrich.errors import UsageError
from pytest_enrich.sandboxes import places
from pytest_enrich.sandboxes.places import Place

Devices: TypeAlias = Literal["theirs", "copied", "exposed"]
"""Of another user; of this one, who can make more; of this one, who cannot."""

DEVICE_NUMBERS = {
    "null": (1, 3),
    "zero": (1, 5),
    "full": (1, 7),
    "random": (1, 8),
    "urandom": (1, 9),
    "tty": (5, 0),
}
"""As bwrap has them in its `/dev`, with their numbers on Linux."""
FOLDER = "dev"
EVERYBODY = 0o666

PAYLOAD = Path(__file__).resolve().parent.parent / "payload"
PROBE = f"import sys; sys.path.insert(0, {str(PAYLOAD)!r}); import confine; confine.probe(sys.argv[1])"
NAMESPACES = ("mnt", "net", "pid")
PROBE_SECONDS = 20.0
DEVICES = tuple(f"/dev/{name}" for name in DEVICE_NUMBERS)
NOTHING = "65536"
SHARED_MEMORY = str(64 * 1024**2)
MOST_ENTRIES = 500
"""Each entry of a directory that is written in takes a mount."""


def whose_devices() -> Devices:
    """What they are on this machine, tried just now."""
    if Path(os.devnull).stat().st_uid != os.geteuid():
        return "theirs"
    with tempfile.TemporaryDirectory(prefix="pytest-enrich-devices-") as name:
        try:
            copy_devices(Path(name))
            Path(name, FOLDER, "null").write_bytes(b"")  # on some file systems they are there and do nothing
        except OSError:
            return "exposed"
    return "copied"


def copy_devices(place: Path) -> tuple[str, ...]:
    """Make them in a directory; the words that have bwrap put them into the place of the machine's.

    Raises:
        OSError: They cannot be made.
    """
    words: list[str] = []
    (place / FOLDER).mkdir()
    for name, numbers in DEVICE_NUMBERS.items():
        file = place / FOLDER / name
        os.mknod(file, stat.S_IFCHR | EVERYBODY, os.makedev(*numbers))
        file.chmod(EVERYBODY)  # whatever the umask is
        words += ["--dev-bind", str(file), f"/dev/{name}"]
    return tuple(words)


class Confinement(Struct, frozen=True, kw_only=True):
    """What the payload applies to itself; see `payload/confine`."""

    read: tuple[str, ...]
    listed: tuple[str, ...]
    write: tuple[str, ...]
    network: bool
    metadata: bool
    forks: bool
    programs: bool


class Isolation(Struct, frozen=True, kw_only=True):
    """The layers that are taken in a run.

    Attributes:
        name: As people read it.
        bwrap: The program's path; "" when that layer is not taken.
        places: What of the machine's files is seen.
        read, listed: The same as Landlock takes it.
        devices: Whose the machine's device files are.
        failed: The names of the stronger ones, which were tried and do not work here.
    """

    name: str = "rlimits-only"
    bwrap: str = ""
    places: tuple[Place, ...] = ()
    read: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    devices: Devices = "theirs"
    failed: tuple[str, ...] = ()

    @property
    def tried(self) -> dict[str, bool]:
        """The kernel layers that were tried, each with whether it starts and denies what it must."""
        return dict.fromkeys(self.failed, False) | dict.fromkeys([self.name] if self.confined else [], True)

    @property
    def confined(self) -> bool:
        """Whether a kernel layer is in force."""
        return self.name != "rlimits-only"

    def command(
        self, inner: Iterable[str], scratch: Path, rootdir: Path, writes: Collection[str] = ()
    ) -> tuple[str, ...]:
        """The command line that starts `inner` inside the outermost layer; what that needs is made in `scratch`.

        Args:
            inner: The command line.
            scratch: Its scratch directory.
            rootdir: The project's, where it starts.
            writes: Paths in the project that it may write: in its directories, as they are for this process,
                nothing that is there can be changed, and what comes is gone with it.

        Raises:
            OSError: It cannot be made.
        """
        if not self.bwrap:
            return tuple(inner)
        mounted = [(place.path, _mount(place)) for place in self.places if _is_mounted(place)]
        mounted += [(folder, _imitation(folder, rootdir, writes)) for folder in self.written(rootdir, writes)]
        # What is deeper counts, and of one directory what is written.
        mounts = [part for _, words in sorted(mounted, key=lambda one: one[0]) for part in words]
        copies = copy_devices(scratch) if self.devices == "copied" else ()
        own = (*copies, "--bind", str(scratch), str(scratch), "--chdir", str(rootdir))
        return (*_walls(self.bwrap), *mounts, *own, "--", *inner)

    def written(self, rootdir: Path, writes: Collection[str]) -> list[str]:
        """The directories of the project in which these can be written without any trace; [] in most layers."""
        if not (self.bwrap and writes):
            return []
        root = rootdir.resolve()
        inside = [path for path in (root / name for name in writes) if path.is_relative_to(root) and path != root]
        near = {next(above for above in path.parents if above.is_dir()) for path in inside}
        return sorted(
            str(folder) for folder in near if self._shows(folder) and len(list(folder.iterdir())) <= MOST_ENTRIES
        )

    def _shows(self, path: Path) -> bool:
        shown = {place.path: place.shown for place in self.places}
        return next((shown[str(above)] for above in (path, *path.parents) if str(above) in shown), True)

    def confinement(self, *, forks: bool, written: Iterable[str] = ()) -> Confinement | None:
        """What the payload applies for a job that does or does not fork by itself; None: nothing.

        Tests that start programs or use a network of their own work where nobody else is in reach.

        Args:
            forks: Whether it does.
            written: Directories that it may write in.
        """
        if not self.confined:
            return None
        alone = bool(self.bwrap)
        return Confinement(
            # Of what bwrap hides there is nothing to read.
            read=("/",) if alone else self.read,
            listed=self.listed,
            write=(*DEVICES, "/dev/shm", "/dev/pts", *written) if alone else DEVICES,  # noqa: S108 - a mount of its own there
            network=alone,
            metadata=alone and self.devices != "exposed",
            forks=forks or alone,
            programs=alone,
        )


RLIMITS_ONLY = Isolation()


def choose(kind: str, rootdir: Path, rules: policy.Named = policy.NONE) -> Isolation:
    """The strongest isolation that works here, as tried just now.

    Args:
        kind: `auto` takes what there is; `strict` insists on a kernel layer; `process` is content without.
        rootdir: The project's.
        rules: Which of them the team accepts.

    Raises:
        UsageError: `strict`, and there is none; or it is none that is accepted.
    """
    found = RLIMITS_ONLY if kind == "process" else _strongest(kind, rootdir)
    accepted = rules.policy.isolation
    if accepted and found.name not in accepted:
        raise UsageError(
            f"{rules.name} requires {' or '.join(accepted)}; enrich_sandbox={kind} is {found.name} here"
        )
    return found


def _strongest(kind: str, rootdir: Path) -> Isolation:
    failed, found = [], RLIMITS_ONLY
    for one in conceivable(rootdir):
        if works(one, rootdir):
            found = one
            break
        failed.append(one.name)
    found = replace(found, failed=tuple(failed))
    if kind == "strict" and not found.confined:
        raise UsageError(_refusal())
    return found


def available(rootdir: Path) -> Iterator[Isolation]:
    """The isolations that work here, the strongest first, each tried when it is asked for."""
    return (one for one in conceivable(rootdir) if works(one, rootdir))


def conceivable(rootdir: Path) -> Iterator[Isolation]:
    """Those that this system may have, the strongest first, untried."""
    if not sys.platform.startswith("linux"):
        return
    seen = places.survey(rootdir)
    if bwrap := shutil.which("bwrap"):
        yield Isolation(name="bwrap+landlock+seccomp", bwrap=bwrap, places=seen, devices=whose_devices())
    read, listed = places.entries(seen)
    yield Isolation(name="landlock+seccomp", places=seen, read=tuple(read), listed=tuple(listed))


def works(isolation: Isolation, rootdir: Path) -> bool:
    """Whether a process in this isolation starts, is denied what it must be, and is where it must be."""
    with tempfile.TemporaryDirectory(prefix="pytest-enrich-probe-") as name:
        scratch = Path(name).resolve()
        inner = (sys.executable, "-I", "-S", "-B", "-c", PROBE, str(scratch))
        try:
            command = isolation.command(inner, scratch, rootdir)
            ended = subprocess.run(
                command, capture_output=True, stdin=subprocess.DEVNULL, timeout=PROBE_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
    found = ended.stdout.decode("ascii", "replace").split()
    own = [Path(f"/proc/self/ns/{kind}").readlink().name for kind in NAMESPACES]
    apart = [inside != outside for inside, outside in zip(found, own, strict=False)]
    return len(found) == len(own) and (all(apart) or not isolation.bwrap)


def _walls(bwrap: str) -> tuple[str, ...]:
    return (
        bwrap, "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL",
        "--ro-bind", "/", "/", "--dev", "/dev", "--size", SHARED_MEMORY, "--tmpfs", "/dev/shm", "--proc", "/proc",  # noqa: S108 - made anew there
    )  # fmt: skip


def _is_mounted(place: Place) -> bool:
    path = Path(place.path)
    # What vanished since the run began cannot be mounted over.
    return not path.is_relative_to("/dev") and not path.is_relative_to("/proc") and path.exists()


def _mount(place: Place) -> tuple[str, ...]:
    if place.shown:
        return ("--ro-bind-try", place.path, place.path)
    if Path(place.path).is_dir():
        return ("--size", NOTHING, "--tmpfs", place.path)
    return ("--ro-bind", os.devnull, place.path)


def _imitation(folder: str, rootdir: Path, writes: Collection[str]) -> tuple[str, ...]:
    """An empty directory in the place of this one, with all that is in it but for what is written anew."""
    own = {str(rootdir.resolve() / name) for name in writes}
    words = ["--size", SHARED_MEMORY, "--tmpfs", folder]
    for entry in sorted(Path(folder).iterdir()):
        if str(entry) not in own:
            how = ("--symlink", str(entry.readlink())) if entry.is_symlink() else ("--ro-bind-try", str(entry))
            words += (*how, str(entry))
    return tuple(words)


def _refusal() -> str:
    if not sys.platform.startswith("linux"):
        what = "only Linux has the kernel layers (Landlock and seccomp) that it asks for"
        helps = "run it in a Linux container, or accept less with"
    else:
        what = "this kernel offers neither Landlock with seccomp alone nor within bwrap (Linux 5.13 or later does)"
        helps = "`cat /sys/kernel/security/lsm` must name landlock; otherwise accept less with"
    return (
        f"enrich_sandbox=strict: {what}. Nothing generated was run. "
        f"What helps: {helps} `pytest --enrich --enrich-sandbox=process`."
    )


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
        return RLIMITS_ONLY.name, ()
    working = list(available(rootdir))
    kernel = Layer("landlock+seccomp", bool(working), "in force" if working else NO_KERNEL_LAYERS)
    layers = _bwrap(next((one for one in working if one.bwrap), None)), kernel
    return (working or [RLIMITS_ONLY])[0].name, layers


def _bwrap(isolated: Isolation | None) -> Layer:
    program = shutil.which("bwrap")
    if program is None:
        return Layer("bwrap", works=False, found="not installed: `apt-get install bubblewrap`")
    if isolated is None:
        what = "cannot make namespaces here: `sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`"
        return Layer("bwrap", works=False, found=f"{program}, which {what}")
    exposed = "; no modes are changed in it: root may make no device files here, and would change the machine's"
    more = exposed if isolated.devices == "exposed" else ""
    return Layer("bwrap", works=True, found=f"{program}, namespaces of its own{more}")
