from __future__ import annotations

from types import SimpleNamespace

from pytest_enrich.payload.objects import aliases


def slug():
    """An object that two modules have."""


INNER, OUTER = SimpleNamespace(slug=slug, cut=len), SimpleNamespace(slug=slug)
MODULES = {"shop": OUTER, "shop.slug": INNER}


def test_a_package_that_offers_the_same_object_gives_it_a_shorter_name():
    assert aliases("⟨shop.slug:slug⟩(1)", MODULES) == [
        ["shop.slug:slug", "shop:slug"],
        ["shop:slug", "shop:slug"],
    ]


def test_what_hides_a_module_in_its_package_is_told_whatever_is_named_of_it():
    assert aliases("⟨shop.slug:cut⟩(1)", MODULES) == [["shop:slug", "shop:slug"]]


def test_what_hides_a_module_need_not_be_of_that_module():
    modules = {"shop": SimpleNamespace(slug=len), "shop.slug": INNER}

    assert aliases("⟨shop.slug:cut⟩(1)", modules) == [["shop:slug", "shop:slug"]]


def test_another_object_of_that_name_is_no_alias():
    other = {"shop": SimpleNamespace(slug=INNER), "shop.slug": INNER}
    assert aliases("⟨shop.slug:slug⟩(1) ⟨math:sqrt⟩(2)", other) == []


def test_a_module_that_names_an_object_in_all_offers_it_too():
    modules = {
        "shop": SimpleNamespace(),
        "shop._core": SimpleNamespace(),
        "shop._core.cut": INNER,
        "shop.api": SimpleNamespace(slug=slug, __all__=["slug"]),
        "shop._other": SimpleNamespace(slug=slug, __all__=["slug"]),
        "shop.uses": SimpleNamespace(slug=slug),
        "shop.odd": SimpleNamespace(slug=slug, __all__=3),
        "market.api": SimpleNamespace(slug=slug, __all__=["slug"]),
    }

    assert aliases("⟨shop._core.cut:slug⟩(1)", modules) == [["shop._core.cut:slug", "shop.api:slug"]]
