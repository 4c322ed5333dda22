"""Which function undoes which, by their names.

The pairs of Hypothesis's ghostwriter, and some more that people use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# The first of a pair makes what the second takes apart: the second undoes the first.
STEMS = (
    ("encode", "decode"),
    ("encipher", "decipher"),
    ("encrypt", "decrypt"),
    ("dumps", "loads"),
    ("dump", "load"),
    ("dump", "parse"),
    ("serialize", "deserialize"),
    ("serialise", "deserialise"),
    ("serialize", "parse"),
    ("marshal", "unmarshal"),
    ("pack", "unpack"),
    ("compress", "decompress"),
    ("compress", "expand"),
    ("deflate", "inflate"),
    ("escape", "unescape"),
    ("quote", "unquote"),
    ("flatten", "unflatten"),
    ("wrap", "unwrap"),
    ("mangle", "unmangle"),
    ("obfuscate", "deobfuscate"),
    ("hexlify", "unhexlify"),
    ("unparse", "parse"),
    ("format", "parse"),
    ("render", "parse"),
    ("stringify", "parse"),
    ("build", "parse"),
    ("compose", "parse"),
    ("join", "split"),
    ("isoformat", "fromisoformat"),
    ("isoformat", "parse"),
)
PATTERNS = (
    (re.compile(r"to_(.+)"), "from_{0}"),
    (re.compile(r"as_(.+)"), "from_{0}"),
    (re.compile(r"(.+)_to_(.+)"), "{1}_to_{0}"),
    (re.compile(r"(.+?)2(.+?)(_.+)?"), "{1}2{0}{2}"),
    (re.compile(r"to(str|string|bytes|dict|json|list|tuple|hex|xml|yaml)"), "from{0}"),
)
TEXT_OF = {
    "__str__": ("parse", "from_string", "from_str", "fromstring", "from_text"),
    "__bytes__": ("parse", "from_bytes", "frombytes"),
}
"""What undoes `str(x)` and `bytes(x)`."""
STEPS = {"build", "join", "format", "render", "compose", "wrap", "dump"}
"""Stems that are words of their own only: not in `address`."""


def of(name: str) -> Iterator[str]:
    """The names of functions that would undo the function of this name, likeliest first."""
    yield from TEXT_OF.get(name, ())
    for stem, other in STEMS:
        pattern = rf"(?<![^_]){stem}(?![^_])" if stem in STEPS else rf"(?<!un)(?<!de){stem}(?![a-rt-z])"
        swapped = re.sub(pattern, other, name, count=1)
        if swapped != name:
            yield swapped
    for form, filling in PATTERNS:
        match = form.fullmatch(name)
        if match:
            yield filling.format(*(part or "" for part in match.groups()))
    if not name.startswith(("safe", "_", "un", "do")):
        yield f"un{name}"
