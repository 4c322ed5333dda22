"""What is shown on request: the whole diff, the mutants, the keys."""

from __future__ import annotations

from pytest_enrich.commands import parts
from pytest_enrich.commands.review.screen import View, heading
from pytest_enrich.reporters.words import visible_lines

BACK = "Esc goes back to the suggestion; the keys below are about it."
HELP = """\
 Decide. Each decision is on the disk before the next screen.
   a accept      put the test into its file and run that file; red: it is as before
   e edit        your $VISUAL or $EDITOR; your version is proven again before you take it
   r reject      two keys: the second says why, and it is noted in .enrich-rejected
   s skip        leave it for another time
   u undo        take the latest decision back
   A all strong  accept all that is marked strong, after you typed how many they are

 Look.
   t run it      run the test where it lies, with the fixtures of its file
   d diff        the whole function, and the whole change of the test file
   m mutants     the small changes of the code that the test notices, and those that it does not
   v verify      is it still true on today's tree?

 Move.
   j next        k back         / find a word in titles, ids and paths
   Esc back      q quit         Enter does nothing

 The line `look` is the one question that only you can answer.
 strong: notices every mutant of the gap's code, one of them as the only test. good: notices some.
"""


def diff(view: View, patch: str, width: int) -> tuple[str, ...]:
    """The whole function, and the whole change."""
    source = [*view.trouble] or [parts.source_line(line, width) for line in view.function]
    start = patch.find("diff --git")
    change = visible_lines(patch[start:] if start >= 0 else "").rstrip("\n").splitlines()
    rule = "-" * (width - 1)
    return (heading(view, width), rule, *source, rule, *(change or view.change), rule, BACK)


def mutants(view: View, width: int) -> tuple[str, ...]:
    """A line a mutant."""
    one = view.one
    lines = [*parts.killed(one, width), *parts.mutants(one, width)] or ["No mutant was tried for this one."]
    return (heading(view, width), *lines, "", BACK)


def helping() -> tuple[str, ...]:
    """The keys."""
    return (*HELP.rstrip().splitlines(), "", BACK)
