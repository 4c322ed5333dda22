"""Assertions, in the words of pytest and of unittest."""

from __future__ import annotations

import re

from pytest_enrich import patch
from pytest_enrich.data import Observation, Template

MESSAGE, FEW = 60, 3
AROUND = ("raises", "warns")
"""What is said by a block round the call."""
SPECIAL = re.compile(r"([.^$*+?{}\[\]\\|()])")


def in_pytest(seen: Observation, subject: Template) -> Template:
    """What states an observation of `subject`; for one of a block, the block's first line."""
    if seen.subject in AROUND:
        match = f", match={pattern(seen.message)}" if seen.message.strip() else ""
        return f"with ⟨pytest:{seen.subject}⟩({seen.value}{match}):"
    if seen.form == "instance":
        return f"assert isinstance({subject}, {seen.value})"
    if seen.form == "is":
        return f"assert {patch.relation(subject, 'is', seen.value)}"
    return f"assert {patch.relation(subject, '==', _approximately(seen) if seen.form == 'approx' else seen.value)}"


def in_unittest(seen: Observation, subject: Template) -> Template:
    """The same in a method of a `TestCase`."""
    if seen.subject in AROUND:
        name, match = f"assert{seen.subject.title()}", f", {pattern(seen.message)}" if seen.message else ""
        return f"with self.{name}{'Regex' if match else ''}({seen.value}{match}):"
    if seen.form == "instance":
        return f"self.assertIsInstance({subject}, {seen.value})"
    if seen.form == "is" and seen.value in {"True", "False", "None"}:
        named = {"True": "assertTrue", "False": "assertFalse", "None": "assertIsNone"}[seen.value]
        return f"self.{named}({subject})"
    if seen.form == "approx" and seen.value[:1] in "[({":
        return f"assert {patch.relation(subject, '==', _approximately(seen))}"
    if seen.form == "approx":
        return f"self.assertAlmostEqual({subject}, {seen.value})"
    return f"self.assertEqual({subject}, {seen.value})"


def _approximately(seen: Observation) -> Template:
    return f"⟨pytest:approx⟩({seen.value})"


def pattern(message: str) -> str:
    """A pattern for the first line of the message that says something, cut at a word when it is long.

    A message of a few letters is matched as a whole: they are in many others.
    """
    text = next((line.strip() for line in message.splitlines() if line.strip()), message)
    if len(text) > MESSAGE:
        text = text[:MESSAGE].rpartition(" ")[0] or text[:MESSAGE]
    escaped = SPECIAL.sub(r"\\\1", text)
    if text == message and text.isalnum() and len(text) <= FEW:
        escaped = f"^{text}$"
    quote = '"' if '"' not in escaped else "'"
    if escaped != text and quote not in escaped and escaped.isprintable():
        return f"r{quote}{escaped}{quote}"
    return repr(escaped) if not escaped.isprintable() or quote in escaped else f"{quote}{escaped}{quote}"
