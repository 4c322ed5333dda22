"""What an opened test talks to while it runs: it gets values from here and tells what it sees."""

from __future__ import annotations

import contextlib
import enum
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any

from ..express import evaluate, express, is_true, named, spoken, steady

Record = dict[str, Any]
PLAIN: tuple[type[Any], ...] = (bool, int, float, str, bytes, dict, list, set, frozenset)


class NothingRaisedError(Exception):
    """A block that is expected to raise did not."""


class Probe:
    """Of the test that is running: `seen` are its sightings so far, as JSON.

    A value that cannot be stated in a test is seen as "". `accepts` says whether an exception is one that the code
    raises on purpose.
    """

    def __init__(self) -> None:
        self.accepts: Callable[[Any], bool] = bool
        self.seen: list[Record] = []
        self._values: Mapping[int, Any] = {}

    def begin(self, values: Mapping[int, Any]) -> None:
        """A test begins; `values` are those of the holes that are not as they stand there."""
        self.seen = []
        self._values = values

    def value(self, hole: int, original: Callable[[], Any]) -> Any:
        """What is in a hole of the test's body."""
        return self._values[hole] if hole in self._values else original()

    def keyword(self, hole: int, name: str) -> dict[str, Any]:
        """What is added to a call: a keyword, or nothing."""
        value = self._values.get(hole, ...)
        return {} if value is ... else {name: value}

    def words(self, hole: int) -> list[Any]:
        """What is added to a list."""
        return list(self._values.get(hole, ()))

    def keys(self, hole: int) -> dict[str, Any]:
        """What is added to a dictionary."""
        return dict(self._values.get(hole, {}))

    def sets(self, hole: int, owner: Any, name: str) -> None:
        """Set one more attribute of an object, which has to have it, or one more key: `.name`, `["key"]`."""
        value = self._values.get(hole, ...)
        if value is ...:
            return
        if name[:1] == "[":
            owner[name[2:-2]] = value
        elif hasattr(owner, name[1:]):
            setattr(owner, name[1:], value)
        else:
            raise AttributeError(name)

    def does(self, hole: int) -> bool:
        """Whether a step of the test is done."""
        return bool(self._values.get(hole, True))

    def see(self, point: int, value: Any, kin: Callable[[], tuple[Any, str]] | None = None) -> None:
        """Note what a test looks at; `kin` gives a class or module, and the constant of it that is expected."""
        name = _constant(value, *kin()) if kin is not None else ""
        self.seen.append({"point": point, "value": name or _stated(value), "message": ""})

    def called(self, point: int, mock: Any) -> None:
        """Note how a stand-in was called: `None` for never; more than once is nothing to state."""
        calls = list(mock.call_args_list)
        value = _as_call(calls[0]) if len(calls) == 1 else "" if calls else "None"
        self.seen.append({"point": point, "value": value, "message": ""})

    @contextlib.contextmanager
    def raises(self, point: int) -> Iterator[None]:
        """In the place of `pytest.raises`: whatever the block raises is noted."""
        try:
            yield
        except Exception as error:
            self.seen.append({"point": point, "value": named(type(error)) or "", "message": steady(spoken(error))})
            return
        raise NothingRaisedError

    @contextlib.contextmanager
    def message(self, point: int, block: Any) -> Iterator[Any]:
        """Round a block that expects an exception: its message is noted, of one that is no accident."""
        text, is_accident = "", False
        with block as told:
            try:
                yield told
            except Exception as error:
                text, is_accident = spoken(error), bool(self._values) and not self.accepts(error)
                raise
        if is_accident:
            raise NothingRaisedError
        self.seen.append({"point": point, "value": repr(steady(text)), "message": ""})


def _as_call(call: Any) -> str:
    """`call('a', by=2)`; "" where one of the values cannot be stated."""
    args, kwargs = call
    texts = [*(("", _stated(one)) for one in args), *((f"{name}=", _stated(one)) for name, one in kwargs.items())]
    return f"call({', '.join(map(''.join, texts))})" if all(text for _, text in texts) else ""


def _constant(value: object, owner: Any, expected: str) -> str:
    """The template of a constant beside the one that is expected, of the value seen; "" for none."""
    if not isinstance(owner, type | ModuleType) or type(value) not in {int, float, str, bytes}:
        return ""
    kind = expected.partition("_")[0]
    alike = (name for name in vars(owner) if name.isupper() and name.partition("_")[0] == kind)
    names = [name for name in alike if type(vars(owner)[name]) is type(value) and vars(owner)[name] == value]
    place = f"⟨{owner.__name__}:" if isinstance(owner, ModuleType) else (named(owner) or "")[:-1] + "."
    return f"{place}{min(names, key=len)}⟩" if names and len(place) > 1 else ""


def _plain(value: Any) -> Any:
    return next((kind(value) for kind in PLAIN if isinstance(value, kind)), value)


def _stated(value: Any) -> str:
    """Its template; that of the plain value which a value of a subclass is equal to, as a test would have it."""
    try:
        plain = value if isinstance(value, enum.Enum) else _plain(value)
        text = express(plain)
        again = None if text is None else evaluate(text)
        return (
            text or ""
            if type(again) is type(plain) and is_true(again == plain) and is_true(plain == value)
            else ""
        )
    except Exception:  # an __eq__ of the project's may do anything
        return ""
