"""How a result is taken: some are nothing to look at before they are awaited, or gone through."""

from __future__ import annotations

import collections.abc
import inspect
import io
import itertools
from collections.abc import Coroutine
from typing import Any

from .trace import TooLongError

LONGEST_RESULT = 50


def consumption(result: Any) -> str:
    """How a result must be taken before there is anything to look at: as in `data.Finding.consume`."""
    if inspect.isawaitable(result):
        return "await"
    if isinstance(result, collections.abc.AsyncIterator):
        return "async list"
    is_iterator = isinstance(result, collections.abc.Iterator) and not isinstance(result, io.IOBase)
    return "list" if is_iterator else ""


def consumed(result: Any, consume: str) -> Any:
    """The result, taken so. An iterator that goes on and on is a call that takes too long."""
    if consume == "await":
        return _run(_awaited(result))
    if consume == "async list":
        result = _run(_listed(result))
    if consume == "list":
        result = list(itertools.islice(result, LONGEST_RESULT + 1))
    if consume.endswith("list") and len(result) > LONGEST_RESULT:
        raise TooLongError
    return result


def _run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    import asyncio  # here: it takes longer than all the rest of what a fork loads to try a mutant, and few await

    return asyncio.run(coroutine)


async def _awaited(result: Any) -> Any:
    return await result


async def _listed(result: Any) -> list[Any]:
    found: list[Any] = []
    async for item in result:
        found.append(item)
        if len(found) > LONGEST_RESULT:
            break
    return found
