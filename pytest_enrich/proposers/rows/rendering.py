"""What everything made from a variant shares: its gaps, the names in sight, the frame of a test beside it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from pytest_enrich import imports
from pytest_enrich.data import Gap, Hole, Observation, Origin, Template, Variant
from pytest_enrich.imports.text import assigned
from pytest_enrich.proposers.rows import adding, mocks, parameters, steps
from pytest_enrich.proposers.rows.addable import INSTEAD, LEFT_OUT, METHOD, VERBS
from pytest_enrich.proposers.rows.parameters import SILENT
from pytest_enrich.proposers.rows.reading import Sheet
from pytest_enrich.writing import cases, names, words
from pytest_enrich.writing.cases import Case
from pytest_enrich.writing.renderer import INDENT, LONGEST_LINE, Renderer, is_readable, laid_out
from pytest_enrich.writing.syntax import (
    Edit,
    as_written,
    calls,
    first_name,
    is_within,
    last_name,
    literal_value,
    loaded,
    nodes_of,
    plain,
    span,
    stored,
    used,
)

SENDING = VERBS | {"invoke", "open", "request"}
"""Methods of clients: people know what these call by its own name."""


class VariantRenderer(Renderer, frozen=True, kw_only=True):
    """Renders a variant of an existing test, which `sheet` describes."""

    sheet: Sheet
    variant: Variant

    @property
    def gaps(self) -> list[Gap]:
        """The gaps that the variant closes."""
        return self.closed(self.variant.reached, self.variant.branches)

    @property
    def changes(self) -> list[tuple[Hole, Template]]:
        """Where it differs from the test, and the value there."""
        return self.sheet.changes(self.variant)

    def resolve_there(self, templates: Iterable[Template]) -> imports.Resolved | None:
        """The templates as the test would write them; None when a name cannot be resolved."""
        return self.resolve(templates, self.sheet.local_names)

    def case(self, seen: Observation, changed: Iterable[str] = ()) -> Case:
        """What there is to say about it; `changed` is what differs from the test, as situations."""
        case = cases.case_of(self.target, self.gaps[0], seen, self.target.parameters, dict(self._arguments()))
        named = {*case.arguments.values()}
        elsewhere = tuple(value for _, value in self.variant.values if value not in named)
        return replace(case, changed=tuple(changed), elsewhere=elsewhere)

    def name_beside(self, case: Case, action: ast.expr | None = None) -> tuple[str, Origin]:
        """A free name for a test beside it, and its origin, with more doubt for a name that says nothing.

        `action` is what raises, if anything does: then what the test's own name says is done is not done.
        """
        anchor = self.sheet.function.name
        classes = ((hole.values[0], value) for hole, value in self.changes if hole.adds == INSTEAD)
        for before, value in classes:
            is_named = literal_value(before) is None and literal_value(value) is None
            other = names.exchanged(anchor, before, plain(value)) if is_named else anchor
            if other not in {anchor, *self.taken}:
                return other, self.origin
        own = names.start(anchor, self.target.qualname, dict(self._arguments()))
        start = words.snake(self._front()) or own
        acting = self._acting(action)
        if case.seen.message and f"_{acting}_" not in f"_{start}_":
            start = acting or start
        name = names.of(case, (start,), self.taken)
        unnamed = names.is_unnamed(case, name, (start,), self.taken)
        return name, replace(self.origin, doubt=self.origin.doubt + unnamed)

    def _acting(self, action: ast.expr | None) -> str:
        """What is called, in words: the target, or its caller, if that is the project's or imported by name.

        What a fixture does counts, too, unless that is a client. For a private target it is whatever calls it.
        """
        while isinstance(action, ast.Attribute | ast.Await | ast.Subscript):
            action = action.value  # what becomes of the result is not what is called
        if not isinstance(action, ast.Call):
            return names.start("", self.target.qualname)
        own, called = self.target.qualname.rpartition(".")[2], last_name(action.func)
        known = (*self.target.neighbours, *(entry.qualname for entry in self.target.entries))
        beside = {qualname.rpartition(".")[2] for qualname in known}
        is_plain = isinstance(action.func, ast.Name) and called in self._imported
        is_near = called in beside or is_plain
        is_known = is_near or self._is_of_fixture(action.func) or self._is_of_project(action.func)
        is_through = is_known and not _mentions(action, own)
        calling = words.called(called)
        return calling if is_through else names.start("", self.target.qualname) or calling

    def _front(self) -> str:
        """The imported function that gets what changed, where the test does not name the target; else "".

        Clients, fixtures and the test file's own functions do not count: people know them by the target.
        """
        sheet, own = self.sheet, self.target.qualname.rpartition(".")[2]
        if _mentions(sheet.function, own):
            return ""
        names_there = {hole.name for hole, _ in self.changes}
        passed = [span(node) for node in nodes_of(ast.Name, sheet.function) if node.id in names_there]
        places = [*passed, *(hole.span for hole, _ in self.changes if hole.span is not None)]
        around = (call for call in calls(sheet.function) if any(is_within(place, span(call)) for place in places))
        inner = min(around, key=lambda call: len(ast.unparse(call)), default=None)
        called = inner.func if inner else None
        return called.id if isinstance(called, ast.Name) and called.id in self._imported else ""

    def _is_of_fixture(self, node: ast.expr) -> bool:
        """Whether it is a method of a fixture, other than one that sends something to the code under test."""
        known = {parameter.arg for parameter in self.sheet.function.args.args} - {"self"}
        return (
            isinstance(node, ast.Attribute) and getattr(node.value, "id", "") in known and node.attr not in SENDING
        )

    def _is_of_project(self, node: ast.expr) -> bool:
        """Whether an expression begins with a name of the project, or with a variable made from one."""
        made, name = dict(assigned(ast.walk(self.sheet.function))), first_name(node)
        while name in made:
            name = first_name(made.pop(name))
        return self.is_own((*self.bindings.objects.get(name, ()), *self.bindings.modules.get(name, ())))

    def is_own(self, sources: Iterable[str]) -> bool:
        """Whether any of these, modules or `module:member`, is of the target's project."""
        package = self.target.module.partition(".")[0]
        return any(re.split(r"[.:]", source)[0] == package for source in sources)

    @property
    def _imported(self) -> set[str]:
        """The names that the file of the test imports from modules."""
        imports_from = nodes_of(ast.ImportFrom, self.sheet.text.tree)
        return {alias.asname or alias.name for node in imports_from for alias in node.names}

    def _arguments(self) -> Iterator[tuple[str, Template]]:
        """Changed arguments, by names of parameters; the test's own parameters say nothing of the function."""
        for hole, value in self.changes:
            if name := hole.adds if hole.adds.isidentifier() else self._known_by(hole):
                yield name, value

    def _known_by(self, hole: Hole) -> str:
        """The parameter of a call that gets the value there, directly or by a variable; "" for none."""
        kept = {name: span(value) for name, value in assigned(ast.walk(self.sheet.function))}
        for call in calls(self.sheet.function):
            passed = {keyword.arg or "": keyword.value for keyword in call.keywords}
            if last_name(call.func) == self.target.qualname.rpartition(".")[2]:
                named = (parameter.name for parameter in self.target.parameters)
                passed |= dict(zip(named, call.args, strict=False))
            for name, node in passed.items():
                variable = node.id if isinstance(node, ast.Name) else ""
                is_there = hole.span is not None and hole.span in {span(node), kept.get(variable)}
                if is_there or (variable and variable == hole.name):
                    return name
        return ""

    def frame(self, name: str, lines: Sequence[str]) -> str | None:
        """The test of that name with this unindented body; None when it is invalid, lacks a name, is too wide."""
        code = "\n".join([*self.header(name, lines), *lines]) + "\n"
        try:
            tree = ast.parse(code)
        except (SyntaxError, ValueError):
            return None
        nodes = [*ast.walk(tree)]
        known = stored(*nodes) | {node.arg for node in nodes if isinstance(node, ast.arg)}
        if loaded(tree) & stored(*self.sheet.function.body) - known:
            return None  # code that never ran, such as a lambda, may use a name that was left out
        code = laid_out(code, self.widths[0] + len(INDENT))
        return code if is_readable([code]) and len(tree.body) == 1 else None

    def header(self, name: str, lines: Sequence[str]) -> list[str]:
        """The decorators except `parametrize`, and the `def` with the fixtures that are left."""
        sheet, function, text = self.sheet, self.sheet.function, self.sheet.text
        body = "\n".join(lines)
        gone = {
            *sheet.pattern.argnames,
            *(name for name in SILENT if not re.search(rf"\b{name}\b", body)),
            *steps.unneeded_names(function, self.changes),
        }
        left = (parameter for parameter in function.args.args if parameter.arg not in gone)
        declared = ((parameter.arg, text.source(parameter)) for parameter in left)
        exchanged = {hole.fixture: value for hole, value in self.changes if hole.fixture}
        arguments = parameters.exchanged_arguments(declared, exchanged)
        keyword = "async def" if isinstance(function, ast.AsyncFunctionDef) else "def"
        returns = f" -> {text.source(function.returns)}" if function.returns is not None else ""
        kept = (mark for mark in function.decorator_list if not parameters.is_parametrize(mark))
        signature = _signature(f"{keyword} {name}(", arguments, f"){returns}:")
        return [*(f"@{text.source(mark)}" for mark in kept), *signature]

    def edits(self) -> Iterator[Edit]:
        """The edits that put values in place of literals, and of parameters that no longer have a list."""
        changed = dict(self.variant.values)
        for at, hole in enumerate(self.sheet.pattern.holes):
            if hole.adds and at in changed:
                yield self._added(hole, changed[at])
            elif hole.span is not None and at in changed:
                yield hole.span, as_written(changed[at], self.sheet.text.raw(hole.span).strip())
            elif hole.name or (hole.fixture and at in changed):
                value = changed.get(at, hole.values[self.variant.row])
                uses = nodes_of(ast.Name, self.sheet.function)
                yield from ((span(name), value) for name in uses if name.id == (hole.name or hole.fixture))

    def is_free(self, nodes: Sequence[ast.AST], given: Iterable[str] = ()) -> bool:
        """Whether the nodes no longer depend on a list of cases; `given` are parameters that get a value."""
        sheet = self.sheet
        lists = sum(map(parameters.is_parametrize, sheet.function.decorator_list))
        left = set(sheet.pattern.argnames) - {hole.name for hole in sheet.pattern.holes} - {*given}
        bound = stored(*nodes) & set(sheet.pattern.argnames)
        return lists == bool(sheet.cases) and not left & used(*nodes) and not bound

    def _added(self, hole: Hole, value: str) -> Edit:
        """The edit for what is added, replaced or left out."""
        if hole.adds in {LEFT_OUT, INSTEAD} and hole.span is not None:
            return hole.span, "" if hole.adds == LEFT_OUT else value
        if hole.adds == METHOD and hole.span is not None:
            owner = self.sheet.text.rewritten(hole.span).rpartition(".")[0]
            return hole.span, f"{owner}.{ast.literal_eval(value)}"
        if mocks.is_configured(hole):
            return mocks.configuring_edit(hole, value)
        return adding.adding_edit(self.sheet.text, hole, value)


def _mentions(node: ast.AST, name: str) -> bool:
    """Whether a name occurs in the code."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", ast.unparse(node)) is not None


def _signature(start: str, arguments: Sequence[str], end: str) -> list[str]:
    """The `def` on one line, or with its arguments on one line, or with each on its own: whichever fits first."""
    alone = f"{start}{', '.join(arguments)}{end}"
    inside = f"{INDENT}{', '.join(arguments)}"
    if len(alone) <= LONGEST_LINE - len(INDENT):
        return [alone]
    if len(inside) <= LONGEST_LINE - len(INDENT):
        return [start, inside, end]
    return [start, *(f"{INDENT}{argument}," for argument in arguments), end]
