"""Whether a reviewer's decisions make the next suggestions better ones for that reviewer.

    python tests/benchmarks/learning.py NAME --folder FOLDER [--budget 5m] [--draws 40] [--rerun REVIEWER]

A run on the project, half of its tests deleted, gives as many suggestions as there are. Reviewers are rules: each
turns down what it does not like, and one in ten of all others. Of a draw 50 suggestions are decided on (half where
there are fewer than 70), and of what is left ten are shown, in the order of `pytest-enrich review`: with these
decisions, and without.

With `--rerun` the decisions of a draw are made in the project by `accept` and `reject`, and pytest --enrich looks
for ten more: once with what they say, once after `pytest-enrich clean`, which makes it forget that.

FOLDER/learning.md keeps the table.
"""

from __future__ import annotations

import random
import re
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import amplified
import command
import layout
import projects
import repository
import runs
import tables
from msgspec import Struct
from projects import Bench
from runs import Run, Settings

from pytest_enrich.commands import review
from pytest_enrich.data import Decision, Reason, Suggestion
from pytest_enrich.store import Store, experience
from pytest_enrich.store.experience import Fate

DECIDED, SHOWN, LEAST = 50, 10, 20
MOODS = 0.1
"""Of what a reviewer likes, the share that is turned down all the same."""


class Reviewer(Struct, frozen=True):
    """Turns down what the rule says, for a reason."""

    dislikes: Callable[[Suggestion], bool]
    reason: Reason

    def decide(self, one: Suggestion, draw: random.Random) -> Decision:
        """What this reviewer decides, in the mood of the moment."""
        is_taken = not self.dislikes(one) and draw.random() >= MOODS
        verb, reason = ("accept", "other") if is_taken else ("reject", self.reason)
        return Decision(id=one.id, verb=verb, body=one.test.body_sha256, at="", reason=reason)


def _only_raises(one: Suggestion) -> bool:
    return "raises(" in one.test.code and not re.search(r"^ *assert ", one.test.code, re.MULTILINE)


def _pins_a_repr(one: Suggestion) -> bool:
    return re.search(r"repr\(|__repr__|\bstr\(", one.test.code) is not None


def _has_odd_values(one: Suggestion) -> bool:
    return re.search(r"\(-\d|, -\d|\\x|\\u|\(\"\"|\"[a-z]\"", one.test.code) is not None


REVIEWERS: Mapping[str, Reviewer] = {
    "tests that only assert an exception": Reviewer(_only_raises, "trivial"),
    "tests that pin a repr": Reviewer(_pins_a_repr, "style"),
    "both": Reviewer(lambda one: _only_raises(one) or _pins_a_repr(one), "trivial"),
    "odd values": Reviewer(_has_odd_values, "generated"),
    "what is not strong": Reviewer(lambda one: one.grade != "strong", "trivial"),
    "tests of more than four lines": Reviewer(lambda one: one.test.code.count("\n") > 4, "style"),
    "nothing, for no reason": Reviewer(lambda _one: False, "other"),
}


class Shares(Struct, frozen=True, kw_only=True):
    """Of the first ten, the share that one reviewer takes, in each draw; `usual` is that of all suggestions."""

    usual: float
    before: tuple[float, ...]
    after: tuple[float, ...]


def compared(reviewer: Reviewer, suggestions: Sequence[Suggestion], draws: int) -> Shares:
    """The shares with what was decided, and without."""
    before, after, taken = [], [], 0
    for seed in range(draws):
        draw = random.Random(seed)
        mixed = draw.sample(suggestions, len(suggestions))
        decisions = {one.id: reviewer.decide(one, draw) for one in mixed}
        taken += sum(one.verb == "accept" for one in decisions.values())
        decided, unseen = _parted(mixed)
        known = experience.learn(Fate(one, decisions[one.id]) for one in decided)
        for shares, learnt in ((before, experience.NONE), (after, known)):
            first = review.order(unseen, learnt)[:SHOWN]
            shares.append(sum(decisions[one].verb == "accept" for one in first) / len(first))
    return Shares(usual=taken / (draws * len(suggestions)), before=tuple(before), after=tuple(after))


def _parted(mixed: Sequence[Suggestion]) -> tuple[Sequence[Suggestion], Sequence[Suggestion]]:
    """What is decided on, and what is not seen yet."""
    at = DECIDED if len(mixed) >= DECIDED + LEAST else len(mixed) // 2
    return mixed[:at], mixed[at:]


def table(found: Mapping[str, Shares]) -> str:
    """A row a reviewer."""
    rows = [
        (name, *(f"{value:.2f}" for value in (one.usual, statistics.mean(one.before), statistics.mean(one.after))))
        for name, one in found.items()
    ]
    return tables.markdown(("turns down", "taken of all", "of the first ten before", "after"), rows)


def rerun(bench: Bench, run: Run, reviewer: Reviewer) -> str:
    """Ten more with what was decided, and without: how many of each the reviewer takes."""
    checkout, draw = run.checkout(bench.name), random.Random(0)
    waiting = _store(checkout).pending()
    decided, unseen = _parted(draw.sample(waiting, len(waiting)))
    told = []
    for what in ("with", "without"):
        copy = layout.copy(checkout, run.of(bench.name) / what)
        for one in unseen:
            _store(copy).withdraw(one)
        decisions = [reviewer.decide(one, random.Random(one.id)) for one in decided]
        for words in (("accept",), ("reject", "--reason", reviewer.reason)):
            chosen = [one.id for one in decisions if one.verb == words[0]]
            if chosen:
                _command(bench, copy, run, *words, *chosen)
        if what == "without":
            _command(bench, copy, run, "clean", "--yes")
        amplified.enrich(bench, copy, run, f"--enrich-max={SHOWN}")
        made = _store(copy).pending()
        taken = sum(not reviewer.dislikes(one) for one in made)
        told.append(f"{what} what was decided: {taken} of {len(made)} are not what the reviewer turns down")
    return "\n".join(told)


def _store(checkout: Path) -> Store:
    return Store(checkout / "enrich-suggestions", checkout)


def _command(bench: Bench, checkout: Path, run: Run, *words: str) -> None:
    argv, env = [str(bench.python), "-m", "pytest_enrich", *words], bench.environment(checkout, run.package)
    command.check(argv, cwd=checkout, env=env, timeout=amplified.HOUR, allowed=(0, amplified.REFUSED))


def main() -> int:
    """Run on the project where that is not done, and print the table."""
    parser = projects.listed(runs.arguments(__doc__))
    parser.add_argument("--budget", default="5m", help="as in --enrich-budget")
    parser.add_argument("--draws", type=int, default=40, help="of what is decided on first")
    parser.add_argument("--rerun", choices=REVIEWERS, help="decide as this reviewer, and run again")
    given = parser.parse_args()
    listing = projects.read(given.list)
    (name,) = projects.chosen(given.names, listing)
    bench = layout.prepare(name, given.folder, listing)
    settings = Settings(budget=given.budget, seed=0, more=("--enrich-model=none",))
    run = runs.begin(given.folder, settings, projects.ROOT / "pytest_enrich", given.run)
    checkout = run.checkout(name)
    if not (checkout / "enrich-suggestions" / "run.json").exists():
        runs.clear(run.of(name))
        amplified.enrich(bench, repository.make(bench.ablated, checkout), run)
    waiting = _store(checkout).pending()
    found = {what: compared(one, waiting, given.draws) for what, one in REVIEWERS.items()}
    told = f"{name}: {len(waiting)} suggestions; {tables.machine()}\n\n{table(found)}\n"
    if given.rerun:
        told += f"\n{given.rerun}\n{rerun(bench, run, REVIEWERS[given.rerun])}\n"
    (given.folder / "learning.md").write_text(told, encoding="utf-8")
    command.say(told)
    return 0


if __name__ == "__main__":
    sys.exit(main())
