"""Code objects seen at run time, and the qualified names that the source gives them."""

from __future__ import annotations

import dis
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

RETURNS = {dis.opmap[name] for name in ("RETURN_VALUE", "RETURN_CONST", "RETURN_GENERATOR") if name in dis.opmap}


def qualnames(path: Path) -> dict[tuple[int, str], str]:
    """For each function and class of a file, by first line and bare name, its name without `<locals>`.

    Python 3.10 does not keep it in code objects. A file that cannot be compiled has none.
    """
    try:
        code = compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
    except (OSError, SyntaxError, ValueError):
        return {}
    return dict(_walk(code, ""))


def _walk(code: CodeType, prefix: str) -> Iterator[tuple[tuple[int, str], str]]:
    for inner in code.co_consts:
        if not isinstance(inner, CodeType):
            continue
        if inner.co_name.startswith("<generic"):  # the scope of type parameters
            yield from _walk(inner, prefix)
            continue
        name = prefix + inner.co_name
        yield (inner.co_firstlineno, inner.co_name), name
        yield from _walk(inner, f"{name}.")


def is_resumable(code: CodeType) -> bool:
    """Whether calling the function makes a generator or a coroutine, which is entered many times."""
    kinds = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
    return bool(code.co_flags & kinds)


def start(code: CodeType) -> int:
    """The last instruction offset at which a frame of the code has not begun with the body."""
    resumes = (step.offset for step in dis.get_instructions(code) if step.opname == "RESUME")
    return next(resumes, -1)


def is_raising(code: CodeType, at: int) -> bool:
    """Whether a frame that is left at this instruction offset is left by an exception."""
    return not is_resumable(code) and at >= 0 and code.co_code[at] not in RETURNS
