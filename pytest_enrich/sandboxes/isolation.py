"""The layers of isolation around a job: which of them work here, and how to start a process inside them.

Device files are a special case: whoever owns one may change its mode, for the whole machine, and bwrap mounts the
machine's own. If they belong to this user, each process is given its own copies; if those cannot be made,
processes cannot change modes at all.
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
"""Owned by another user; by this one, who can make copies; by this one, who cannot."""

DEVICE_NUMBERS = {
    "null": (1, 3),
    "zero": (1, 5),
    "full": (1, 7),
    "random": (1, 8),
    "urandom": (1, 9),
    "tty": (5, 0),
}
"""The devices in the `/dev` of bwrap, with their numbers on Linux."""
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
"""Each entry of a writable directory needs a mount."""


def whose_devices() -> Devices:
    """Who owns the device files of this machine, as tried just now."""
    if Path(os.devnull).stat().st_uid != os.geteuid():
        return "theirs"
    with tempfile.TemporaryDirectory(prefix="pytest-enrich-devices-") as name:
        try:
            copy_devices(Path(name))
            Path(name, FOLDER, "null").write_bytes(b"")  # on some file systems they exist but do not work
        except OSError:
            return "exposed"
    return "copied"


def copy_devices(place: Path) -> tuple[str, ...]:
    """Make copies in a directory; returns the options by which bwrap puts them in place of the machine's.

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
    """The layers used in a run.

    Attributes:
        name: The name shown to people.
        bwrap: The path of the program; "" if that layer is not used.
        places: Which of the machine's files are visible.
        read, listed: The same in the form that Landlock takes.
        devices: Who owns the machine's device files.
        failed: The names of stronger isolations that were tried and do not work here.
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
        """The kernel layers that were tried, and for each whether it starts and denies what it must."""
        return dict.fromkeys(self.failed, False) | dict.fromkeys([self.name] if self.confined else [], True)

    @property
    def confined(self) -> bool:
        """Whether a kernel layer is in force."""
        return self.name != "rlimits-only"

    def command(
        self, inner: Iterable[str], scratch: Path, rootdir: Path, writes: Collection[str] = ()
    ) -> tuple[str, ...]:
        """The command line that starts `inner` inside the outermost layer; its files are made in `scratch`.

        Args:
            inner: The command line.
            scratch: Its scratch directory.
            rootdir: The project's, where it starts.
            writes: Paths in the project that it may write: in their directories, as this process sees them,
                existing entries cannot be changed, and new ones disappear with the process.

        Raises:
            OSError: The files cannot be made.
        """
        if not self.bwrap:
            return tuple(inner)
        mounted = [(place.path, _mount(place)) for place in self.places if _is_mounted(place)]
        mounted += [(folder, _imitation(folder, rootdir, writes)) for folder in self.written(rootdir, writes)]
        # The deepest mount counts, and for the same directory the writable one.
        mounts = [part for _, words in sorted(mounted, key=lambda mount: mount[0]) for part in words]
        copies = copy_devices(scratch) if self.devices == "copied" else ()
        options = (*copies, "--bind", str(scratch), str(scratch), "--chdir", str(rootdir))
        return (*_walls(self.bwrap), *mounts, *options, "--", *inner)

    def written(self, rootdir: Path, writes: Collection[str]) -> list[str]:
        """The directories of the project where `writes` can be written without a trace; [] in most layers."""
        if not (self.bwrap and writes):
            return []
        root = rootdir.resolve()
        inside = [path for path in (root / name for name in writes) if path.is_relative_to(root) and path != root]
        folders = {next(above for above in path.parents if above.is_dir()) for path in inside}
        return sorted(
            str(folder)
            for folder in folders
            if self._shows(folder) and len(list(folder.iterdir())) <= MOST_ENTRIES
        )

    def _shows(self, path: Path) -> bool:
        shown = {place.path: place.shown for place in self.places}
        return next((shown[str(above)] for above in (path, *path.parents) if str(above) in shown), True)

    def confinement(self, *, forks: bool, written: Iterable[str] = ()) -> Confinement | None:
        """What the payload applies to itself for a job; None for nothing.

        Tests may start programs or use a network of their own only where nothing else is in reach.

        Args:
            forks: Whether the payload itself forks for the job.
            written: Directories that the job may write in.
        """
        if not self.confined:
            return None
        alone = bool(self.bwrap)
        return Confinement(
            # What bwrap hides cannot be read anyway.
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
        kind: `auto` takes the best there is; `strict` requires a kernel layer; `process` does without.
        rootdir: The project's.
        rules: Which isolations the team accepts.

    Raises:
        UsageError: `strict`, and no kernel layer works; or the isolation is not one that the team accepts.
    """
    chosen = RLIMITS_ONLY if kind == "process" else _strongest(kind, rootdir)
    accepted = rules.policy.isolation
    if accepted and chosen.name not in accepted:
        raise UsageError(
            f"{rules.name} requires {' or '.join(accepted)}; enrich_sandbox={kind} is {chosen.name} here"
        )
    return chosen


def _strongest(kind: str, rootdir: Path) -> Isolation:
    failed, strongest = [], RLIMITS_ONLY
    for isolation in conceivable(rootdir):
        if works(isolation, rootdir):
            strongest = isolation
            break
        failed.append(isolation.name)
    strongest = replace(strongest, failed=tuple(failed))
    if kind == "strict" and not strongest.confined:
        raise UsageError(_refusal())
    return strongest


def available(rootdir: Path) -> Iterator[Isolation]:
    """The isolations that work here, the strongest first, tried lazily."""
    return (isolation for isolation in conceivable(rootdir) if works(isolation, rootdir))


def conceivable(rootdir: Path) -> Iterator[Isolation]:
    """The isolations that this system may support, the strongest first, untried."""
    if not sys.platform.startswith("linux"):
        return
    visible = places.survey(rootdir)
    if bwrap := shutil.which("bwrap"):
        yield Isolation(name="bwrap+landlock+seccomp", bwrap=bwrap, places=visible, devices=whose_devices())
    read, listed = places.entries(visible)
    yield Isolation(name="landlock+seccomp", places=visible, read=tuple(read), listed=tuple(listed))


def works(isolation: Isolation, rootdir: Path) -> bool:
    """Whether a process in this isolation starts, is denied what it must be, and is in its own namespaces."""
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
    namespaces = ended.stdout.decode("ascii", "replace").split()
    own_namespaces = [Path(f"/proc/self/ns/{kind}").readlink().name for kind in NAMESPACES]
    apart = [inside != outside for inside, outside in zip(namespaces, own_namespaces, strict=False)]
    return len(namespaces) == len(own_namespaces) and (all(apart) or not isolation.bwrap)


def _walls(bwrap: str) -> tuple[str, ...]:
    return (
        bwrap, "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL",
        "--ro-bind", "/", "/", "--dev", "/dev", "--size", SHARED_MEMORY, "--tmpfs", "/dev/shm", "--proc", "/proc",  # noqa: S108 - made anew there
    )  # fmt: skip


def _is_mounted(place: Place) -> bool:
    path = Path(place.path)
    # What has vanished since the run began cannot be mounted over.
    return not path.is_relative_to("/dev") and not path.is_relative_to("/proc") and path.exists()


def _mount(place: Place) -> tuple[str, ...]:
    if place.shown:
        return ("--ro-bind-try", place.path, place.path)
    if Path(place.path).is_dir():
        return ("--size", NOTHING, "--tmpfs", place.path)
    return ("--ro-bind", os.devnull, place.path)


def _imitation(folder: str, rootdir: Path, writes: Collection[str]) -> tuple[str, ...]:
    """Options that replace a directory by an empty one with all its entries, except those written by the job."""
    written = {str(rootdir.resolve() / name) for name in writes}
    words = ["--size", SHARED_MEMORY, "--tmpfs", folder]
    for entry in sorted(Path(folder).iterdir()):
        if str(entry) not in written:
            how = ("--symlink", str(entry.readlink())) if entry.is_symlink() else ("--ro-bind-try", str(entry))
            words += (*how, str(entry))
    return tuple(words)


def _refusal() -> str:
    if not sys.platform.startswith("linux"):
        problem = "only Linux has the kernel layers (Landlock and seccomp) that it asks for"
        remedy = "run it in a Linux container, or accept less with"
    else:
        problem = (
            "this kernel offers neither Landlock with seccomp alone nor within bwrap (Linux 5.13 or later does)"
        )
        remedy = "`cat /sys/kernel/security/lsm` must name landlock; otherwise accept less with"
    return (
        f"enrich_sandbox=strict: {problem}. Nothing generated was run. "
        f"What helps: {remedy} `pytest --enrich --enrich-sandbox=process`."
    )


NO_KERNEL_LAYERS = (
    "not there: Linux 5.13 or later has Landlock, where `cat /sys/kernel/security/lsm` names it; "
    "container runtimes can forbid seccomp: `--security-opt seccomp=unconfined`"
)


class Layer(Struct, frozen=True):
    """A layer, as tried just now: `found` says what there is, or what would help."""

    name: str
    works: bool
    found: str


def survey(rootdir: Path) -> tuple[str, tuple[Layer, ...]]:
    """The name of the strongest isolation that works here, and all layers, the outermost first.

    Args:
        rootdir: The project's.
    """
    if not sys.platform.startswith("linux"):
        return RLIMITS_ONLY.name, ()
    working = list(available(rootdir))
    kernel = Layer("landlock+seccomp", bool(working), "in force" if working else NO_KERNEL_LAYERS)
    layers = _bwrap(next((isolation for isolation in working if isolation.bwrap), None)), kernel
    return (working or [RLIMITS_ONLY])[0].name, layers


def _bwrap(isolated: Isolation | None) -> Layer:
    program = shutil.which("bwrap")
    if program is None:
        return Layer("bwrap", works=False, found="not installed: `apt-get install bubblewrap`")
    if isolated is None:
        reason = "cannot make namespaces here: `sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`"
        return Layer("bwrap", works=False, found=f"{program}, which {reason}")
    exposed = "; no modes are changed in it: root may make no device files here, and would change the machine's"
    suffix = exposed if isolated.devices == "exposed" else ""
    return Layer("bwrap", works=True, found=f"{program}, namespaces of its own{suffix}")
