"""One sitting of a reviewer as a value: where they are and what they did. The disk says what waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Literal, get_args

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Grade, Suggestion
from pytest_enrich.reporters.words import counted, visible, visible_lines
from pytest_enrich.store.experience import NONE, Experience

END = -1
_GRADES = get_args(Grade)
_SHOWN = 40


class Done(Struct, frozen=True, kw_only=True):
    """A decision of this sitting; `path` is the test file that changed, `batch` the same for all of one key."""

    id: str
    verb: Literal["accept", "reject"]
    path: str = ""
    edited: bool = False
    batch: int = 0


class Sitting(Struct, frozen=True, kw_only=True):
    """Where the reviewer is.

    Attributes:
        order: Ids of all that this sitting is about, decided ones included.
        at: The place in it.
        skipped: Ids that are left for another time.
        done: The decisions that stand, oldest first.
        page: Lines shown instead of a suggestion, () for none.
        first, following: The row of the page that is at the top of the screen, `END` for as late as can be, and
            the one that comes after this screen: 0 after the last.
        told: What came of the last key.
    """

    order: tuple[str, ...]
    at: int = 0
    skipped: frozenset[str] = frozenset()
    done: tuple[Done, ...] = ()
    page: tuple[str, ...] = ()
    first: int = 0
    following: int = 0
    told: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Of the suggestion that is looked at."""
        return self.order[self.at]

    def telling(self, *lines: str) -> Sitting:
        """With these lines above the next screen, and no page."""
        return replace(self, told=lines, page=(), first=0)


def order(suggestions: Iterable[Suggestion], known: Experience = NONE) -> tuple[str, ...]:
    """Ids grouped by function, so that one reading serves several decisions; best first, inside and of all.

    What people did not want before comes last, and then possible bugs: they ask another question.
    """
    groups: dict[tuple[int, str, str], list[Suggestion]] = {}
    parts = [(2 if one.kind == "bug" else int(known.comes_last(one)), one) for one in suggestions]
    for part, one in sorted(parts, key=lambda item: (item[0], _worth(item[1]))):
        groups.setdefault((part, one.gap.path, one.gap.qualname), []).append(one)
    return tuple(one.id for group in groups.values() for one in group)


def onward(sitting: Sitting, waiting: Collection[str]) -> Sitting | None:
    """At the next that waits and was not skipped, from the present place on; None when there is none."""
    count = len(sitting.order)
    for step in range(count):
        at = (sitting.at + step) % count
        if sitting.order[at] in waiting and sitting.order[at] not in sitting.skipped:
            return replace(sitting, at=at)
    return None


def stepped(sitting: Sitting, waiting: Collection[str], by: Literal[1, -1]) -> Sitting:
    """One further, or one back, among those that wait; the last and the first stay where they are."""
    at = sitting.at + by
    while 0 <= at < len(sitting.order):
        if sitting.order[at] in waiting:
            skipped = sitting.skipped - {sitting.order[at]}
            return replace(sitting, at=at, skipped=skipped, page=(), told=())
        at += by
    end = "This is the last one; k goes back, q quits." if by > 0 else "This is the first one."
    return sitting.telling(end)


def skip(sitting: Sitting) -> Sitting:
    """Leave this one for another time."""
    return replace(sitting.telling(), skipped=sitting.skipped | {sitting.id})


def decided(sitting: Sitting, *decisions: Done) -> Sitting:
    """With these decisions, which one key made."""
    batch = 1 + max((one.batch for one in sitting.done), default=0)
    return replace(sitting, done=(*sitting.done, *(replace(one, batch=batch) for one in decisions)))


def together(sitting: Sitting, identity: str) -> tuple[str, ...]:
    """The ids that were decided with this one by one key; () when it was not decided in this sitting."""
    batch = next((one.batch for one in sitting.done if one.id == identity), None)
    return tuple(one.id for one in sitting.done if one.batch == batch)


def taken_back(sitting: Sitting, identity: str) -> Sitting:
    """At a suggestion that waits again; one that this sitting was not about comes in here."""
    known = sitting.order
    if identity not in known:
        known = (*known[: sitting.at], identity, *known[sitting.at :])
    left = tuple(one for one in sitting.done if one.id != identity)
    skipped = sitting.skipped - {identity}
    return replace(sitting, order=known, at=known.index(identity), done=left, skipped=skipped)


def found(sitting: Sitting, waiting: Sequence[Suggestion], text: str) -> Sitting:
    """At the next that waits with `text` in its id, title, function or files."""
    wanted = text.strip().lower()
    places = {one.id: _words(one) for one in waiting}
    count = len(sitting.order)
    for step in range(1, count + 1):
        at = (sitting.at + step) % count
        if wanted and wanted in places.get(sitting.order[at], ""):
            skipped = sitting.skipped - {sitting.order[at]}
            return replace(sitting.telling(), at=at, skipped=skipped)
    return sitting.telling(f"Nothing that waits has {visible(text.strip())!r} in it.")


def summary(sitting: Sitting, waiting: Sequence[Suggestion]) -> list[str]:
    """What was done, which files changed, and how to go on with what waits."""
    accepted = [one for one in sitting.done if one.verb == "accept"]
    edited = sum(one.edited for one in accepted)
    rejected = sum(one.verb == "reject" for one in sitting.done)
    taken = f" accepted {len(accepted) - edited}   edited {edited}   rejected {rejected}"
    lines = [f"{taken}   skipped {len(sitting.skipped)}   left {len(waiting)}"]
    files = Counter(one.path for one in accepted)
    if files:
        lines.append(" changed by you just now, not staged:")
        lines += [f"   {visible(path)}    {counted(files[path], 'test')}" for path in sorted(files)]
        lines.append(" see it:    git diff")
    return [*lines, _following(waiting)]


def _following(waiting: Sequence[Suggestion]) -> str:
    """Weak ones are shown to those who ask for them."""
    if not waiting:
        return " next:      pytest --enrich"
    grades = " --all-grades" if all(one.grade == "weak" for one in waiting) else ""
    return f" continue:  pytest-enrich review{grades}"


def _worth(one: Suggestion) -> tuple[int, int, int, int, str]:
    proof = one.proof
    return (_GRADES.index(one.grade), -proof.lines_gained, -proof.branches_gained, one.gap.line, one.id)


def _words(one: Suggestion) -> str:
    return f"{one.id} {one.title} {one.gap.path} {one.gap.qualname} {one.target.path}".lower()


class Came(Struct, frozen=True, kw_only=True):
    """What came of a key.

    Attributes:
        told: It in a line or two.
        besides: What else a person must know.
        output: What a program said, at length.
        done: The decisions.
    """

    told: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()
    output: str = ""
    done: tuple[Done, ...] = ()

    @property
    def page(self) -> list[str]:
        """The end of `output`, as lines to show."""
        return visible_lines("\n".join(self.output.splitlines()[-_SHOWN:])).split("\n")
