"""What people type for an option -> the value that it stands for, or a refusal that says what is accepted."""

from __future__ import annotations

import os
import re
from pathlib import Path

from pytest_enrich.config.settings import GRADES, MODEL, PROPOSERS, SANDBOXES, Budget, seconds
from pytest_enrich.data import Grade, Shard
from pytest_enrich.errors import UsageError

_EXECUTIONS = re.compile(r"([0-9]{1,12})x")
_SHARD = re.compile(r"([0-9]{1,4})/([0-9]{1,4})")
_LARGEST_SEED = 2**32 - 1  # what PYTHONHASHSEED and random.seed both take


def budget(text: str) -> Budget:
    """The budget that `5m` or `20000x` stands for.

    Raises:
        UsageError: See `seconds`.
    """
    match = _EXECUTIONS.fullmatch(text.strip())
    if match and int(match[1]):
        return Budget(executions=int(match[1]))
    try:
        return Budget(seconds=seconds(text))
    except UsageError:
        raise UsageError(
            "accepted is a time such as 90s, 5m or 1h, or a number of executions such as 20000x"
        ) from None


def count(text: str) -> int:
    """A whole number from 0.

    Raises:
        UsageError: See `seconds`.
    """
    if not re.fullmatch(r"[0-9]{1,9}", text.strip()):
        raise UsageError("accepted is a whole number from 0 (no limit)")
    return int(text)


def seed(text: str) -> int:
    """A whole number from 0 to 2**32 - 1.

    Raises:
        UsageError: See `seconds`.
    """
    if not re.fullmatch(r"[0-9]{1,10}", text.strip()) or int(text) > _LARGEST_SEED:
        raise UsageError(f"accepted is a whole number from 0 to {_LARGEST_SEED}")
    return int(text)


def workers(text: str) -> int:
    """A number of processes from 1; `auto` is the cores this process may use, at most 4: they give way to others.

    Raises:
        UsageError: See `seconds`.
    """
    if text.strip() == "auto":
        return min(4, _cores())
    if not re.fullmatch(r"0*[1-9][0-9]{0,3}", text.strip()):
        raise UsageError("accepted is auto, or a whole number from 1")
    return int(text)


def proposers(text: str) -> tuple[str, ...]:
    """The proposers named in `rows`, `search`, `properties` or `auto`, several with commas.

    Raises:
        UsageError: See `seconds`.
    """
    names = tuple(name.strip() for name in text.split(","))
    unknown = [name for name in names if name not in ("auto", *PROPOSERS)]
    if unknown:
        accepted = " or ".join(("auto", *PROPOSERS))
        raise UsageError(f"there is no proposer {unknown[0]!r} in this version; accepted is {accepted}")
    distinct = tuple(dict.fromkeys(names))
    return tuple(name for name in distinct if name in {"auto", MODEL}) if "auto" in names else distinct


def word(text: str) -> str:
    """A tag or an address: anything without spaces, or nothing.

    Raises:
        UsageError: See `seconds`.
    """
    if not re.fullmatch(r"[!-~]{0,300}", text.strip()):
        raise UsageError("accepted is one word, such as qwen2.5-coder:7b or http://127.0.0.1:11434")
    return text.strip()


def grade(text: str) -> Grade:
    """The lowest grade that is written.

    Raises:
        UsageError: See `seconds`.
    """
    for known in GRADES:
        if text.strip() == known:
            return known
    raise UsageError(f"accepted is {', '.join(GRADES)}")


def shard(text: str) -> Shard:
    """The part of the work that `2/4` stands for.

    Raises:
        UsageError: See `seconds`.
    """
    match = _SHARD.fullmatch(text.strip())
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        raise UsageError("accepted is K/N, such as 1/4 for the first of four parts")
    return Shard(int(match[1]), int(match[2]))


def sandbox(text: str) -> str:
    """The sandbox named.

    Raises:
        UsageError: See `seconds`.
    """
    if text.strip() not in SANDBOXES:
        raise UsageError(f"accepted is {', '.join(SANDBOXES)}")
    return text.strip()


def directory(text: str, rootdir: Path) -> Path:
    """The suggestions folder: absolute, and one that nothing else is in.

    Raises:
        UsageError: See `seconds`.
    """
    path = Path(os.path.normpath(rootdir / text.strip()))
    if not text.strip() or path == rootdir or path in rootdir.parents:
        raise UsageError("accepted is a folder of its own, such as enrich-suggestions")
    if path.exists() and not path.is_dir():
        raise UsageError(f"{path} is a file; accepted is a folder of its own")
    return path


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
