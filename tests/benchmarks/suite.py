"""A project's tests in another order, with another hash seed, and how each ended."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import command
import msgspec
from msgspec import Struct, field
from projects import Bench

PLUGINS = Path(__file__).with_name("plugins")
LATE = 1800.0


class Outcomes(Struct, frozen=True, kw_only=True):
    """What the plugin noted: the node ids in their order, the end of each failure, and what passed."""

    collected: tuple[str, ...] = ()
    failed: dict[str, str] = field(default_factory=dict)
    passed: tuple[str, ...] = ()


class Suite(Struct, frozen=True):
    """A checkout whose tests are run; `scratch` is for what the plugin notes."""

    bench: Bench
    checkout: Path
    scratch: Path

    def run(self, order: str, hash_seed: int, tests: Sequence[str] = (), more: Sequence[str] = ()) -> Outcomes:
        """Run the suite, or only some of its tests, in an order.

        Raises:
            command.CommandError: pytest did not come to an end of its own.
        """
        noted = self.scratch / "outcomes.json"
        noted.unlink(missing_ok=True)
        arguments = self.bench.project.pytest_of(tests) if tests else self.bench.project.pytest
        env = self.bench.environment(self.checkout, PLUGINS) | {
            "ENRICH_ORDER": order,
            "ENRICH_OUTCOMES": str(noted),
            "PYTHONHASHSEED": str(hash_seed),
        }
        argv = [str(self.bench.python), *arguments, "-p", "enrich_order", *more]
        command.check(argv, cwd=self.checkout, env=env, timeout=LATE, allowed=(0, 1))
        return msgspec.json.decode(noted.read_bytes(), type=Outcomes)


def function(nodeid: str) -> str:
    """A test's node id without its parameters."""
    return nodeid.partition("[")[0]
