"""The same test with and without a model's words: what a reader gets to see, and what becomes of the answers."""

from __future__ import annotations

import json

import pairs
import pytest

LISTING = """\
tools = []
seed = 1
fraction = 0.5

[projects.shop]
version = "1"
sha256 = "0"
source = ["shop"]
tests = ["tests"]
"""
GAP = {"path": "shop/cart.py", "qualname": "add", "line": 3, "outcome": "true", "text": "if price < 0:"}


def suggestion(ident, name, line=3, **origin):
    return {
        "id": ident,
        "gap": {**GAP, "line": line},
        "target": {"path": "tests/test_cart.py", "owner": None},
        "test": {"names": [name], "code": f"def {name}():\n    assert add(-{line}) == 0\n"},
        "origin": origin,
    }


@pytest.fixture
def folder(tmp_path):
    """What `recovery.py` leaves of a project with these suggestions."""

    def folder(name, *suggestions):
        place = tmp_path / name
        files = {
            "shop/full/shop/cart.py": "def add(price): ...\n",
            "runs/1/settings.json": '{"budget": "9x", "seed": 0}',
            "runs/1/shop/recovery.json": "{}",
            "projects.toml": LISTING,
        }
        for one in suggestions:
            files[f"runs/1/shop/checkout/enrich-suggestions/decided/{one['id']}/suggestion.json"] = json.dumps(one)
        for path, text in files.items():
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            (place / path).write_text(text)
        return place

    return folder


@pytest.fixture
def sheet(folder, tmp_path):
    """The folder of a sheet of three tests, two of which the model named."""
    ours = [suggestion(f"cart-{line}", f"test_add_{line}", line) for line in (3, 5, 7)]
    theirs = [
        suggestion("cart-3x", "test_add_of_negative_price", 3, worded=["name"]),
        suggestion("cart-5x", "test_add_5", 5),
        suggestion("cart-9x", "test_add_of_a_price_that_only_this_run_has", 9, worded=["name"]),
    ]
    without, using = folder("without", *ours), folder("with", *theirs)
    out = tmp_path / "sheet"
    pairs.main(["sheet", str(without), str(using), "--out", str(out), "--list", str(using / "projects.toml")])
    return out


def test_only_what_the_model_changed_and_both_runs_have_is_on_the_sheet(sheet):
    text = (sheet / "reader" / "read.md").read_text()
    assert text.count("## ") == 1
    assert "def test_add_of_negative_price():\n    assert add(-3) == 0" in text
    assert "def test_add_3():\n    assert add(-3) == 0" in text
    assert (sheet / "reader" / "shop" / "shop" / "cart.py").exists()


def test_the_key_says_which_one_is_the_models_and_the_sheet_does_not(sheet):
    (key,) = json.loads((sheet / "key.json").read_text()).values()
    shown = (sheet / "reader" / "read.md").read_text()
    assert f"{key['model']}:\n```python\ndef test_add_of_negative_price" in shown
    assert key["changed"] == ["name"]


def test_what_readers_prefer_is_counted_by_whose_it_is(sheet, capsys):
    (key,) = json.loads((sheet / "key.json").read_text()).values()
    for number, better in enumerate((key["model"], "same"), 1):
        answer = [{"n": 1, "better": better, "fine": [key["model"]]}]
        (sheet / "reader" / f"result-{number}.json").write_text(json.dumps(answer))
    pairs.main(["fold", str(sheet)])
    told = capsys.readouterr().out
    assert "| the model's | 1 (50%) | 2 |" in told
    assert "| same | 1 (50%) |  |" in told


def test_without_answers_there_is_nothing_to_count(sheet):
    with pytest.raises(SystemExit, match=r"has no result\.json"):
        pairs.main(["fold", str(sheet)])
