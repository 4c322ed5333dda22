"""Changed lines: what a pull request's job sees."""

from __future__ import annotations

CART = """\
def discount(total):
    if total < 0:
        raise ValueError("negative")
    return total


def shipping(weight):
    return 9 if weight > 20 else 4


def label(name):
    return name.title()
"""
FILES = {
    "src/shop/__init__.py": "",
    "src/shop/cart.py": CART,
    "tests/test_cart.py": "from shop.cart import discount\n\n\ndef test_ten():\n    assert discount(10) == 10\n",
    "tests/test_label.py": "from shop.cart import label\n\n\ndef test_ada():\n    assert label('ada') == 'Ada'\n",
    "pyproject.toml": """
[tool.pytest.ini_options]
pythonpath = ["src"]
""",
}


def test_the_gaps_of_a_branch_are_found(small):
    project = small(FILES)
    project.commit()
    project.git("branch", "main")
    source = project.root / "src/shop/cart.py"
    source.write_text(CART.replace("negative", "less than none").replace("name.title()", "name.strip().title()"))
    ended = project.run("pytest", "--enrich", "--enrich-list", "--enrich-since=main")
    assert ended.status == 0, ended.text
    assert "changed   2 lines in 1 file since main; 1 has no test" in ended.text
    assert "src/shop/cart.py::discount" in ended.text
    assert "::label" not in ended.text
    assert "::shipping" not in ended.text
