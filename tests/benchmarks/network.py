"""Whether a run without a model opens a connection, or asks for a name: the system calls of all its processes.

    python tests/benchmarks/network.py [PROJECT] --folder FOLDER [--budget 1000x] [--model]

PROJECT (default: fixtures/shop) is copied, and `pytest --enrich` runs there under strace. What any process said to
the network is printed, by address: nothing, it should be. Sockets between processes of one machine (AF_UNIX), and
what is asked of the kernel (AF_NETLINK), lead nowhere and are counted apart. With `--model` a local model may be
asked: then what does not leave the machine (loopback) is expected. The exit status is 1 where there is more.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
CALL = re.compile(r"\b(?:connect|sendto|sendmsg|sendmmsg|bind)\(.*?\bsa_family=(AF_\w+)(.*)")
ADDRESS = re.compile(r'inet_(?:addr\(|pton\(AF_INET6, )"([^"]+)"|sin6?_port=htons\((\d+)\)')
LOCAL = ("AF_UNIX", "AF_NETLINK", "AF_UNSPEC")
LOOPBACK = ("AF_INET 127.", "AF_INET6 ::1:")


def traced(root: Path, log: Path, *words: str) -> Counter[str]:
    """What `pytest` and all that it starts said to the network in this project, by family and address.

    Raises:
        subprocess.CalledProcessError: It failed.
    """
    strace = ["strace", "-f", "--seccomp-bpf", "-qq", "-s", "200", "-e", "trace=%network", "-o", str(log)]
    command = [*strace, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=root, env=env, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return Counter(said(log.read_text("utf-8", "replace").splitlines()))


def said(lines: Iterable[str]) -> Iterator[str]:
    """Of the calls of a trace those with an address: its family, and for the network the address and the port."""
    for line in lines:
        if (call := CALL.search(line)) is not None:
            family, rest = call.groups()
            found = ADDRESS.findall(rest)
            address, port = ("".join(part) for part in zip(*found, strict=True)) if found else ("", "")
            yield family if family in LOCAL else f"{family} {address}:{port}"


def foreign(found: Iterable[str], *, model: bool = False) -> list[str]:
    """What leads out of the machine, or to somebody who listens on it where no model is asked."""
    return [one for one in found if one not in LOCAL and not (model and one.startswith(LOOPBACK))]


def main() -> int:
    """Run, and print what was said."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("project", nargs="?", type=Path, default=ROOT / "fixtures" / "shop")
    parser.add_argument("--folder", type=Path, required=True, help="where to work")
    parser.add_argument("--budget", default="1000x", help="as in --enrich-budget")
    parser.add_argument("--model", action="store_true", help="let it look for a local model")
    given = parser.parse_args()
    root = given.folder.resolve() / "network"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(given.project, root, ignore=shutil.ignore_patterns("enrich-suggestions", "__pycache__"))
    words = ("--enrich", f"--enrich-budget={given.budget}", *([] if given.model else ["--enrich-model=none"]))
    found = traced(root, given.folder.resolve() / "network.log", *words)
    for what, count in sorted(found.items()):
        print(f"{count:6}  {what}")  # noqa: T201 - what it is for
    others = foreign(found, model=given.model)
    print(f"to the network: {', '.join(others) or 'nothing'}")  # noqa: T201 - the same
    return bool(others)


if __name__ == "__main__":
    sys.exit(main())
