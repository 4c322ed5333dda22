from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence

import pytest

from pytest_enrich.data import Call
from pytest_enrich.proposers.properties import laws as known_laws
from pytest_enrich.proposers.properties import outline
from pytest_enrich.proposers.properties.laws import Law
from pytest_enrich.proposers.properties.outline import Outline
from pytest_enrich.proposers.properties.strategy import Source
from pytest_enrich.writing.body import bare

MODULE = "shop.wire"


@pytest.fixture
def read() -> Callable[[str], Outline]:
    def read(source: str) -> Outline:
        found = outline.read(textwrap.dedent(source), MODULE)
        assert found is not None
        return found

    return read


@pytest.fixture
def laws(read) -> Callable[..., list[Law]]:
    """The laws about functions that may call `name`; all by default."""

    def laws(source: str, name: str = "") -> list[Law]:
        made = read(source)
        names = [name] if name else list(made.calls)
        found = {told(law): law for one in names for law in known_laws.find(made, one)}
        return list(found.values())

    return laws


@pytest.fixture
def said(laws) -> Callable[..., list[str]]:
    """The laws as a person would write them."""

    def said(source: str, name: str = "") -> list[str]:
        return [told(one) for one in laws(source, name)]

    return said


def told(law: Law) -> str:
    lines = [law.scene, f"result = {law.result}" if law.result else "", f"{law.left} == {law.right}"]
    return "; ".join(bare(line.strip()) for line in lines if line)


@pytest.fixture
def source(read) -> Callable[..., Source]:
    def source(text: str, calls: Sequence[Call] = ()) -> Source:
        return Source(outline=read(text), calls=lambda name: [one for one in calls if one.qualname == name])

    return source
