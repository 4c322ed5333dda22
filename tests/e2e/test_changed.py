"""Coverage of two machines, combined, and changed lines: what a pull request's job sees."""

from __future__ import annotations

import shutil

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
[tool.coverage.paths]
source = ["src", "*/src"]
""",
}
MEASURE = ("pytest", "-q", "--cov=shop", "--cov-branch", "--cov-context=test", "--cov-report=")


def test_the_gaps_of_a_branch_are_found_in_the_coverage_of_several_jobs(small, tmp_path):
    project = small(FILES)
    project.commit()
    project.git("branch", "main")
    source = project.root / "src/shop/cart.py"
    source.write_text(CART.replace("negative", "less than none").replace("name.title()", "name.strip().title()"))
    (project.root / "coverage-files").mkdir()
    for number, tests in enumerate(("tests/test_cart.py", "tests/test_label.py")):
        job = type(project)(tmp_path / f"job{number}")
        shutil.copytree(project.root, job.root)
        ended = job.run(*MEASURE, tests)
        assert ended.status == 0, ended.text
        shutil.copy(job.root / ".coverage", project.root / f"coverage-files/.coverage.{number}")
    assert project.run("coverage", "combine", "--keep", "coverage-files/").status == 0
    before = (project.root / ".coverage").read_bytes()
    options = ("--enrich-list", "--enrich-from=.coverage", "--enrich-since=main", "tests/test_label.py")
    ended = project.run("pytest", "--enrich", *options)
    assert ended.status == 0, ended.text
    assert "changed   2 lines in 1 file since main; 1 has no test" in ended.text
    assert "src/shop/cart.py::discount" in ended.text
    assert "::label" not in ended.text
    assert "::shipping" not in ended.text
    assert (project.root / ".coverage").read_bytes() == before
