"""What a policy's keys mean."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_enrich.config.policy import ModelRules, Policy, ReviewRules, owners, read
from pytest_enrich.errors import UsageError

DIGEST = "a" * 64


def test_without_a_policy_everything_is_allowed(tmp_path):
    rules = read(tmp_path, "").policy
    assert rules.refused("bug", "tests/test_x.py") == rules.unfit("", "tests/test_x.py", None) == ""
    assert rules.model.allows(DIGEST)


def test_the_example_of_the_reference_is_a_policy_with_every_key(tmp_path):
    page = Path(__file__).parents[1] / "docs/reference/policy.md"
    (tmp_path / "p.toml").write_text(page.read_text().partition("```toml\n")[2].partition("```")[0])
    rules = read(tmp_path, "p.toml").policy
    for part in (rules, rules.model, rules.suggestions, rules.review, rules.retention):
        plain = type(part)()
        assert [name for name in part.__struct_fields__ if getattr(part, name) == getattr(plain, name)] == []


def test_an_empty_list_of_models_allows_none():
    assert not ModelRules(digests=()).allows(DIGEST)
    assert ModelRules(digests=(f"sha256:{DIGEST}",)).allows(DIGEST)


@pytest.mark.parametrize(
    "text", ["[model]\ndigests = ['aa']", '[review]\ncomment = "a\\nb"', "review = 1", "\xff"]
)
def test_what_is_not_accepted_is_named_with_the_file(tmp_path, text):
    (tmp_path / "p.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError, match=r"^p\.toml: "):
        read(tmp_path, "p.toml")


VALUES = st.sampled_from(
    ['""', '"a*"', "[]", '["row"]', "[1]", "true", "-1", "7", "{}", '{x = ["y"]}', "1979-05-27"]
)
KEYS = st.sampled_from(
    ["isolation", "model", "model.hosts", "review.handles", "review.comment", "retention", "x.y"]
)


@given(st.binary(max_size=60) | st.lists(st.tuples(KEYS, VALUES).map(" = ".join)).map("\n".join).map(str.encode))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_in_the_file_it_is_a_policy_or_said_to_be_none(tmp_path, content):
    (tmp_path / "p.toml").write_bytes(content)
    try:
        said = read(tmp_path, "p.toml").sha256
    except UsageError as error:
        said = str(error)
    assert re.match(r"[0-9a-f]{64}$|p\.toml: ", said)


def test_a_policy_that_is_missing_is_no_permission(tmp_path):
    with pytest.raises(UsageError, match=r"p\.toml cannot be read"):
        read(tmp_path, "p.toml")


@pytest.mark.parametrize(
    ("pattern", "path", "is_about"),
    [
        ("*", "tests/unit/test_a.py", True),
        ("*.py", "tests/unit/test_a.py", True),
        ("/tests/", "tests/unit/test_a.py", True),
        ("/tests/", "src/tests/test_a.py", False),
        ("unit/", "tests/unit/test_a.py", True),
        ("tests/*", "tests/test_a.py", True),
        ("tests/*", "tests/unit/test_a.py", False),
        ("tests/**", "tests/unit/test_a.py", True),
        ("**/unit", "tests/unit/test_a.py", True),
        ("tests/test_?.py", "tests/test_a.py", True),
        ("tests/test_a", "tests/test_a.py", False),
    ],
)
def test_owners_are_found_as_the_forges_find_them(pattern, path, is_about):
    assert (owners(f"# all\n* @all\n{pattern} @one # the one\n", path) == ("@one",)) is is_about


def test_the_last_line_counts_and_may_take_all_owners_away():
    assert owners("* @all\n[Section]\n/tests/ @one\n", "tests/a.py") == ("@one",)
    assert owners("* @all\n/tests/\n", "tests/a.py") == ()


def test_an_address_is_a_reviewer_whatever_its_case():
    rules = Policy(review=ReviewRules(reviewers=("ann@example.org",)))
    assert rules.unfit("Ann@Example.org", "t.py", ()) == ""
    assert "this is nobody" in rules.unfit("", "t.py", ())
