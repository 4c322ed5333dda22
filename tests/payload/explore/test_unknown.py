"""Parameters of which neither hints nor code tell anything."""

from __future__ import annotations

import pytest

from pytest_enrich.data import Argument, Call, Entry, Explore, Parameter

GRAPH = """
    class Graph:
        def __init__(self):
            self.nodes = {}

        def link(self, head, tail):
            self.nodes.setdefault(head, []).append(tail)

        def ask(self, start):
            return self._walk(start)

        def _walk(self, start):
            if start in self.nodes:
                return 1
            return list(map(str, [start]))  # here
    """


def linked(head: str, tail: str) -> Call:
    arguments = (Argument(name="head", value=head), Argument(name="tail", value=tail))
    return Call(qualname="Graph.link", arguments=arguments, receiver="⟨sample:Graph⟩()")


def test_what_tests_give_to_other_methods_of_its_class_is_passed(explore):
    assert not explore(GRAPH, "Graph.ask", "method").findings
    (finding,) = explore(GRAPH, "Graph.ask", "method", neighbours=(linked("'oslo'", "'rome'"),)).findings
    assert finding.action == "graph.ask('oslo')"


@pytest.mark.parametrize(("beside", "is_found"), [((), False), (("parcels.boxes", "parcels.gone"), True)])
def test_a_class_of_a_module_beside_it_gives_a_parameter_its_type(place, beside, is_found):
    folder = place.root / "parcels"
    folder.mkdir(exist_ok=True)
    (folder / "__init__.py").write_text("")
    (folder / "boxes.py").write_text("class Basket:\n    weight = 3\n")
    (folder / "weighing.py").write_text(
        "def heavy(basket):\n    if getattr(basket, 'wei' + 'ght') == 3:\n        return 'heavy'\n"
    )
    heavy = Entry(qualname="heavy", kind="function", parameters=(Parameter(name="basket", kind="positional"),))
    job = Explore(
        path="parcels/weighing.py",
        module="parcels.weighing",
        entries=(heavy,),
        branches=(),
        lines=(3,),
        executions=100,
        beside=beside,
    )
    execution = place.sandbox.execute(job, timeout=60)
    actions = [finding.action for finding in execution.answer.findings]
    assert actions == ["⟨parcels.weighing:heavy⟩(⟨parcels.boxes:Basket⟩())"] * is_found
