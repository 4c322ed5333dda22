"""A file's bytes as text, losing nothing, and the change of a text as git writes it."""

from __future__ import annotations

import hashlib
import io
import re
import tokenize
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import TypeAlias

from pytest_enrich.errors import RefusedError
from pytest_enrich.imports.text import UNNAMED, newline

Change: TypeAlias = tuple[int, int, int, int]  # lines a[start:end] become b[start:end]
Block: TypeAlias = tuple[str, str, str, int]
"""The new lines, those they replaced, the line above, and how many lines are above."""

CONTEXT = 3
_LINE = re.compile(r"[^\n]*\n|[^\n]+")  # git knows one line ending only
_PLAIN = re.compile(r'[^\x00-\x1f\x7f-\U0010ffff"\\]+')
_ESCAPES = {7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 34: '"', 92: "\\"}


def diff(path: str, before: str | None, after: str | None) -> str:
    r"""The change of the file at `path` (relative to the repository, with `/`) from `before` to `after`.

    None is a file that is not there: before for a new one, after for one that is taken away. Both are texts as
    `decode` gives them. "" when nothing changes. The patch is text: write it in UTF-8 and without translating
    line endings. It applies to a file in another encoding where the lines around the change are ASCII.
    """
    if before == after:
        return ""
    old, new = quoted(f"a/{path}"), quoted(f"b/{path}")
    names = f"--- {_side(old, before)}\n+++ {_side(new, after)}\n"
    hunks = "".join(_hunks(_LINE.findall(before or ""), _LINE.findall(after or "")))
    return f"diff --git {old} {new}\n{_index(before, after)}{names if hunks else ''}{hunks}"


def blocks(before: str, after: str) -> tuple[Block, ...]:
    """The changes of a text, in a form that can be undone when other parts have changed since."""
    old, new = _LINE.findall(_ended(before)), _LINE.findall(_ended(after))
    return tuple(
        ("".join(new[start:end]), "".join(old[first:last]), new[start - 1] if start else "", start)
        for first, last, start, end in _changes(old, new)
    )


def reverted(text: str, changes: Sequence[Block]) -> str | None:
    """The text with these changes undone; None where one is not there as it was made.

    Only some of what a change added can be put back: a folder of somebody else's writes nothing into a file.
    """
    lines = _LINE.findall(_ended(text))
    for came, instead, above, number in reversed(changes):
        block, remaining = _LINE.findall(came), iter(came)
        over = _blanks(block)
        core = block[over : len(block) - _blanks(block[over:][::-1])]
        under = len(block) - over - len(core)
        places = [at for at in range(len(lines)) if lines[at : at + len(core)] == core]
        if not core or not places or not all(sign in remaining for sign in instead if not sign.isspace()):
            return None
        beside = [at for at in places if at > over and lines[at - over - 1] == above]
        at = min(beside or places, key=lambda at: abs(at - over - number))
        end = at + len(core)
        # Blank lines below it may have gone with what stood there: then there are too many above.
        end += min(under, _blanks(lines[end:]))
        at -= min(over + under - (end - at - len(core)), _blanks(lines[:at][::-1]))
        lines[at:end] = _LINE.findall(instead)
    whole = "".join(lines)
    return whole if text.endswith("\n") else whole.removesuffix(newline(text))


def _blanks(lines: Sequence[str]) -> int:
    """How many blank lines these begin with."""
    return next((at for at, line in enumerate(lines) if line.strip()), len(lines))


def _ended(text: str) -> str:
    return text if text.endswith("\n") or not text else text + newline(text)


def quoted(path: str) -> str:
    """A path as git writes it: in quotes, with octal escapes, when it contains anything unusual."""
    if _PLAIN.fullmatch(path):
        return path
    return '"' + "".join(_escaped(byte) for byte in path.encode("utf-8", "surrogateescape")) + '"'


def decode(data: bytes, path: str = UNNAMED) -> str:
    r"""The text of a Python file, with its line endings; a byte order mark stays as U+FEFF.

    Raises:
        RefusedError: Its encoding is unknown, or not the one it declares; `path` is for the message.
    """
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding.removesuffix("-sig"))
    except (SyntaxError, ValueError, LookupError) as error:
        raise RefusedError(
            f"{path} cannot be decoded: {' '.join(str(error).split())}\nNothing was changed in it.\n"
            f"See the error:  python -m py_compile {path}"
        ) from error


def encode(text: str) -> bytes:
    """The bytes of a Python file with `text`: the inverse of `decode`.

    Raises:
        RefusedError: The file's encoding has no such characters.
    """
    encoding = _encoding(text)
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        raise RefusedError(
            f"The text holds {error.object[error.start]!a}, which {encoding} does not have\n"
            "Nothing was changed.\nSave the file as UTF-8 and try again."
        ) from error


def blob_id(text: str) -> str:
    """The id that git gives a file with this text (40 hexadecimal digits)."""
    data = encode(text)
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _escaped(byte: int) -> str:
    if byte in _ESCAPES:
        return "\\" + _ESCAPES[byte]
    return chr(byte) if chr(byte).isascii() and chr(byte).isprintable() else f"\\{byte:03o}"


def _index(before: str | None, after: str | None) -> str:
    ids = "..".join("0" * 7 if text is None else blob_id(text)[:7] for text in (before, after))
    if before is not None and after is not None:
        return f"index {ids} 100644\n"
    return f"{'new' if before is None else 'deleted'} file mode 100644\nindex {ids}\n"


def _side(name: str, text: str | None) -> str:
    """A file's name in a header; a tab follows one with spaces, as otherwise `patch` would read a date there."""
    if text is None:
        return "/dev/null"
    return f"{name}\t" if " " in name and not name.startswith('"') else name


def _hunks(old: list[str], new: list[str]) -> Iterator[str]:
    for group in _grouped(_changes(old, new)):
        start, end = max(group[0][0] - CONTEXT, 0), min(group[-1][1] + CONTEXT, len(old))
        new_start, new_end = group[0][2] - (group[0][0] - start), group[-1][3] + (end - group[-1][1])
        yield f"@@ -{_range(start, end)} +{_range(new_start, new_end)} @@{_function(old[:start])}\n"
        position = start
        for first, last, new_first, new_last in group:
            yield from _marked(" ", old[position:first])
            yield from _marked("-", old[first:last])
            yield from _marked("+", new[new_first:new_last])
            position = last
        yield from _marked(" ", old[position:end])


def _function(lines: list[str]) -> str:
    """The last line that begins at the margin, as git shows it after the numbers of a hunk."""
    heading = next((line for line in reversed(lines) if line[0].isalpha() or line[0] in "_$"), "")
    return f" {heading.rstrip()[:80]}".rstrip()


def _range(start: int, end: int) -> str:
    count = end - start
    first = start + 1 if count else start
    return str(first) if count == 1 else f"{first},{count}"


def _marked(sign: str, lines: list[str]) -> Iterator[str]:
    for line in lines:
        yield sign + line if line.endswith("\n") else f"{sign}{line}\n\\ No newline at end of file\n"


def _grouped(changes: list[Change]) -> Iterator[list[Change]]:
    """The changes that share a hunk: those whose contexts touch."""
    group: list[Change] = []
    for change in changes:
        if group and change[0] - group[-1][1] > 2 * CONTEXT:
            yield group
            group = []
        group.append(change)
    if group:
        yield group


def _changes(old: list[str], new: list[str]) -> list[Change]:
    """What differs; additions are moved down as far as possible, which keeps a new test in one piece."""
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    ours, theirs = old[head : len(old) - tail], new[head : len(new) - tail]
    matcher = SequenceMatcher(lambda line: not line.strip(), ours, theirs, autojunk=False)
    codes = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    changes = [(first + head, last + head, start + head, end + head) for _, first, last, start, end in codes]
    limits = [change[0] for change in changes[1:]] + [len(old)]
    return [_lowered(change, limit, new) for change, limit in zip(changes, limits, strict=False)]


def _common(old: list[str], new: list[str]) -> int:
    pairs = enumerate(zip(old, new, strict=False))
    return next((index for index, (one, other) in pairs if one != other), min(len(old), len(new)))


def _lowered(change: Change, limit: int, new: list[str]) -> Change:
    first, last, start, end = change
    while first == last < limit and end < len(new) and new[start] == new[end]:
        first, last, start, end = first + 1, last + 1, start + 1, end + 1
    return first, last, start, end


def _encoding(text: str) -> str:
    """The encoding that the text declares (PEP 263), UTF-8 when it declares none that is known."""
    data = io.BytesIO(text.encode(errors="surrogatepass"))
    try:
        return tokenize.detect_encoding(data.readline)[0].removesuffix("-sig")
    except SyntaxError:
        return "utf-8"
