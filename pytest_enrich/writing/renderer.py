"""What all tests written for a target share, whoever thought of them."""

from __future__ import annotations

import ast
import contextlib
import io
import itertools
import re
import tokenize
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from msgspec import Struct

from pytest_enrich import imports
from pytest_enrich.data import Gap, Origin, Placement, Target, Template
from pytest_enrich.data.code import Branch
from pytest_enrich.errors import RefusedError
from pytest_enrich.writing import names
from pytest_enrich.writing.style import annotated

LONGEST_LINE = 110
LONGEST_TEXT, MOST_PIECES = 40, 24
"""A longer text may be divided into pieces, one a line, but no more than so many."""
INDENT = "    "
MOST_LINES = 8
AMONG = re.compile(r"[\[{,:(] ?\($", re.MULTILINE)
"""The end of a line after which a text follows that is one of several values."""
DEFINITION = re.compile(r"(async )?def ")
OPENING, CLOSING = {"(", "[", "{"}, {")", "]", "}"}


class Renderer(Struct, frozen=True, kw_only=True):
    """Renders the ideas for a target as code of a test file.

    Attributes:
        target: What is to be tested.
        text: That of the test file; one that cannot be parsed is treated like a new file.
        placement: Where in the file a new test goes.
        origin: Whose ideas these are.
        aliases: Shorter names of objects (`Varied.aliases`).
        reserved: Names that no new test may have, besides those of functions where it stands.
    """

    target: Target
    text: str
    placement: Placement
    origin: Origin
    aliases: tuple[tuple[str, str], ...] = ()
    reserved: frozenset[str] = frozenset()

    @property
    def bindings(self) -> imports.Bindings:
        """What the names at the file's top level mean."""
        return bindings_of(self.text, self.placement.path)

    @property
    def taken(self) -> frozenset[str]:
        """The names that no new test may have."""
        return names.functions(self.text, self.placement.owner) | self.reserved

    @property
    def widths(self) -> tuple[int, ...]:
        """How long a line of a test's body may be, without its indentation: by the file's own style first."""
        levels = 1 if self.placement.style == "function" else 2
        return imports.limit(self.text) - levels * len(INDENT), LONGEST_LINE

    @property
    def documented(self) -> str:
        """The target's docstring, "" for none."""
        return self.target.docstring or ""

    def closed(self, lines: Collection[int], branches: Collection[Branch]) -> list[Gap]:
        """The gaps that are closed at least partly: decisions first, then gaps that are closed as a whole."""
        reached, took = set(lines), set(branches)
        gaps = [gap for gap in self.target.gaps if reached & set(gap.lines) or took & set(gap.branches)]
        return sorted(gaps, key=lambda gap: (not took & set(gap.branches), not reached.issuperset(gap.lines)))

    def resolve(self, templates: Iterable[Template], local: Iterable[str] = ()) -> imports.Resolved | None:
        """The templates as the file would write them; None if a name cannot be resolved.

        Args:
            templates: Lines, or expressions.
            local: The names that are local where they stand.
        """
        bindings = imports.reserve(self.bindings, local)
        try:
            return imports.resolve(templates, bindings, self.aliases)
        except (ValueError, SyntaxError):
            return None

    def define(self, name: str, fixtures: Iterable[str] = ()) -> str:
        """The `def` line of a new test with fixtures, annotated like others there."""
        annotations = annotated(self.text)
        returns = annotations.returns or (" -> None" if self.placement.typed else "")
        bound = [] if self.placement.style == "function" else ["self"]
        return f"def {name}({', '.join((*bound, *map(annotations.parameter, fixtures)))}){returns}:"


def bindings_of(text: str, path: str) -> imports.Bindings:
    """What the names at the top level of a file mean; one that cannot be read is treated like a new file."""
    try:
        return imports.read(text, ".".join(path.split("/")[:-1]))
    except (RefusedError, SyntaxError, ValueError, RecursionError):
        return imports.Bindings()


def is_readable(codes: Iterable[str], width: int = LONGEST_LINE) -> bool:
    """Whether all lines are short enough."""
    return all(len(line) <= width for code in codes for line in code.splitlines())


def folded(code: str, width: int = LONGEST_LINE) -> str:
    """A statement as `wrapped`, then folded like formatters do, unless the lines are many or still too long."""
    lines = [part for line in wrapped(code, width).splitlines() for part in _folded(line, width)]
    return "\n".join(lines) if len(lines) <= MOST_LINES and is_readable(lines, width) else wrapped(code, width)


def laid_out(code: str, width: int) -> str:
    """Several statements with lines that are too long folded like formatters do, unless that alters the code.

    The `def` line stays as it is: the function may still be renamed.
    """
    if is_readable([code], width):
        return code
    groups = ([line] if DEFINITION.match(line) else _folded(line, width) for line in code.splitlines())
    folded_code = "".join(f"{part}\n" for parts in groups for part in parts)
    is_same = (tree := imports.parsed(folded_code)) is not None and ast.dump(tree) == ast.dump(ast.parse(code))
    return folded_code if is_same else code


def _folded(line: str, width: int) -> list[str]:
    """A line that is too long with the contents of its widest brackets on separate lines, like formatters do."""
    cuts = _widest(line) if len(line) > width else []
    if not cuts:
        return [line]
    margin = line[: len(line) - len(line.lstrip())]
    items = [line[start:end].strip(" ,") for start, end in itertools.pairwise(cuts)]
    together = f"{margin}{INDENT}{line[cuts[0] : cuts[-1]].strip()}"
    is_one = len(items) == 1 or (len(together) <= width and not _is_display(line[: cuts[0]]))
    parts = [together] if is_one else [f"{margin}{INDENT}{part}," for part in items if part]
    opening = _folded(line[: cuts[0]], width)
    return [*opening, *(more for part in parts for more in _folded(part, width)), margin + line[cuts[-1] :]]


def _is_display(begun: str) -> bool:
    """Whether the text ends with the bracket of a display: the arguments of a call may stand on one line."""
    return re.search(r"[\w)\]]\($", begun) is None


def _widest(line: str) -> list[int]:
    """Where the widest of its outermost brackets begin, are divided by commas, and end; empty if there are none.

    For a `with`, the last brackets count instead of the widest.
    """
    is_with = line.lstrip().startswith("with ")
    widest: list[int] = []
    cuts: list[int] = []
    depth, margin, is_lambda = 0, len(line) - len(line.lstrip()), False
    with contextlib.suppress(tokenize.TokenError, SyntaxError):  # the line may go on
        for token in tokenize.generate_tokens(io.StringIO(line.lstrip()).readline):
            start, end = token.start[1] + margin, token.end[1] + margin
            depth += (token.string in OPENING) - (token.string in CLOSING)
            is_lambda = depth == 1 and (token.string == "lambda" or (is_lambda and token.string != ":"))
            if depth == 1 and token.string in OPENING:
                cuts = [end]
            elif depth == 1 and token.string == "," and cuts and not is_lambda:
                cuts.append(end)
            elif depth == 1 and token.string == "for":
                cuts = []
            elif depth == 0 and token.string in CLOSING and cuts:
                brackets = [*cuts, start]
                widest = (
                    brackets
                    if is_with
                    else max(widest, brackets, key=lambda ends: ends[-1] - ends[0] if ends else 0)
                )
    return widest


def wrapped(code: str, width: int = LONGEST_LINE) -> str:
    """A statement with each text that makes a line too long divided into its own lines, one literal a line.

    What cannot be divided like that stays as it is.
    """
    return _with_texts(code, width, lambda line, _most: [line])


def divided(code: str, width: int = LONGEST_LINE) -> str:
    """A statement as `wrapped`, with texts divided between words; one of several values is folded first."""
    alone = _with_texts(code, width, _in_words)
    if not AMONG.search(alone):
        return alone
    lines = (part for line in code.splitlines() for part in _folded(line, width))
    return "\n".join(_with_texts(line, width, _in_words) for line in lines)


def _with_texts(code: str, width: int, parts: Callable[[str, int], Iterable[str]]) -> str:
    if is_readable([code], width):
        return code
    try:
        tokens = [*tokenize.generate_tokens(io.StringIO(code).readline)]
    except (tokenize.TokenError, SyntaxError):
        return code
    for at in reversed(range(1, len(tokens) - 1)):
        token = tokens[at]
        is_long = (
            token.type == tokenize.STRING and len(token.string) > LONGEST_TEXT and token.start[0] == token.end[0]
        )
        pieces = _pieces(token.string, width, parts) if is_long else []
        if 1 < len(pieces) <= MOST_PIECES:
            is_inside = tokens[at - 1].string == "(" and tokens[at + 1].string == ")"
            code = _replaced(code, token, pieces, *(("", "") if is_inside else ("(", ")")))
    return code


def _pieces(literal: str, width: int, parts: Callable[[str, int], Iterable[str]]) -> list[str]:
    """The lines of a text, or `parts` of them, as literals; none if it is not plain text or a part is too long."""
    value = ast.literal_eval(literal) if literal[0] in "'\"" else ""
    most = width - len(INDENT) * 3
    lines = value.splitlines(keepends=True) if isinstance(value, str) else []
    pieces = [repr(part) for line in lines for part in parts(line, most)]
    return pieces if all(len(piece) < most for piece in pieces) else []


def _in_words(line: str, most: int) -> Iterator[str]:
    """A line in parts, each with as many words as fit into a literal shorter than `most`."""
    while len(repr(line)) >= most:
        ends = (blank.end() for blank in re.finditer(r" +(?=\S)", line))
        fitting = [end for end in ends if len(repr(line[:end])) < most]
        if not fitting:
            break
        yield line[: fitting[-1]]
        line = line[fitting[-1] :]
    yield line


def _replaced(code: str, token: tokenize.TokenInfo, pieces: Sequence[str], opening: str, closing: str) -> str:
    """The code with a literal replaced by several, one a line."""
    lines = code.splitlines()
    row = token.start[0] - 1
    line = lines[row]
    margin = line[: len(line) - len(line.lstrip())]
    below = [f"{margin}{INDENT}{piece}" for piece in pieces]
    head, tail = f"{line[: token.start[1]]}{opening}", f"{margin}{closing}{line[token.end[1] :]}"
    return "\n".join([*lines[:row], head, *below, tail, *lines[row + 1 :]])


def indented(codes: Iterable[str]) -> list[str]:
    """The lines of these statements, indented as in a function."""
    return [f"{INDENT}{line}" for code in codes for line in code.splitlines()]
