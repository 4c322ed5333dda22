"""The plain prompt, "write a pytest test for this function": one function after the other, files as they come."""

from __future__ import annotations

import ast
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import ollama
from measured import Branch
from msgspec import Struct

PROMPT = (
    "Write a pytest test for this function.\n\n```python\n# {path}, imported as {module}\n{source}\n```\n\n"
    "Answer with the whole test file."
)
PREDICT = 400
"""As much as pytest-enrich lets a model write for a whole test."""
SLOWEST = 240.0


class Function(Struct, frozen=True, kw_only=True):
    """A function that the suite does not cover wholly; `missing` is how many of its branches."""

    path: str
    module: str
    name: str
    source: str
    missing: int


class Asked(Struct, frozen=True, kw_only=True):
    """Test files by name; tokens, and seconds, as the server counts them; seconds of the clock."""

    texts: dict[str, str]
    questions: int
    tokens: int
    server: float
    seconds: float


def functions(checkout: Path, pythonpath: str, missing: frozenset[Branch]) -> list[Function]:
    """The functions with missing branches, those with the most first."""
    found = [
        one
        for path in sorted({branch[0] for branch in missing})
        for one in _of_file(checkout, pythonpath, path, [abs(line) for file, line, _ in missing if file == path])
    ]
    return sorted(found, key=lambda one: (-one.missing, one.path, one.name))


def ask(host: str, model: str, wanted: Sequence[Function], seconds: float) -> Asked:
    """Ask about one function after the other until the time is up or all were asked about."""
    client, started = ollama.Client(host, timeout=SLOWEST, trust_env=False), time.monotonic()
    texts: dict[str, str] = {}
    questions = tokens = 0
    server = 0.0
    for number, one in enumerate(wanted):
        if time.monotonic() - started >= seconds:
            break
        prompt = PROMPT.format(path=one.path, module=one.module, source=one.source)
        options = {"num_predict": PREDICT, "temperature": 0.2, "seed": 0, "num_ctx": 4096, "repeat_penalty": 1.0}
        questions += 1
        try:
            reply = client.chat(model, [{"role": "user", "content": prompt}], options=options, keep_alive="10m")
        except (ollama.ResponseError, httpx.HTTPError, ConnectionError):
            continue
        tokens += reply.eval_count or 0
        server += (reply.total_duration or 0) / 1e9
        texts[f"test_plain_{number}.py"] = code(reply.message.content or "")
    took = time.monotonic() - started
    return Asked(texts=texts, questions=questions, tokens=tokens, server=server, seconds=took)


def code(reply: str) -> str:
    """What stands in the reply's first fence, else the whole reply."""
    fence = re.search(r"```[ \t]*\w*[ \t]*\n(.*?)(?:```|\Z)", reply, re.DOTALL)
    return fence[1] if fence else reply


def _of_file(checkout: Path, pythonpath: str, path: str, lines: Sequence[int]) -> Iterator[Function]:
    text = (checkout / path).read_text(encoding="utf-8")
    module = Path(path).relative_to(pythonpath).with_suffix("").as_posix().replace("/", ".")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            inside = sum(node.lineno <= line <= (node.end_lineno or node.lineno) for line in lines)
            source = ast.get_source_segment(text, node) or ""
            if inside:
                yield Function(
                    path=path,
                    module=module.removesuffix(".__init__"),
                    name=node.name,
                    source=source,
                    missing=inside,
                )
