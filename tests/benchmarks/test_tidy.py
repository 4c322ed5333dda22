"""Which tools a project configures, and what they are asked with."""

import pytest
import tidy

CONFIG = """\
repos:
  - repo: https://github.com/pycqa/flake8
    rev: 7.0.0
    hooks:
      - id: flake8
        args:
          - "--max-line-length=100"
  - repo: local
    hooks:
      - id: black
        args: [--line-length=90, "--target-version=py310"]
      - id: ruff-check
"""


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("pyproject.toml", "[tool.black]\n", ["black"]),
        ("pyproject.toml", "[tool.ruff]\n", ["ruff check"]),
        ("pyproject.toml", "[tool.ruff.format]\n", ["ruff check", "ruff format"]),
        ("pyproject.toml", "[tool.blackened]\n", []),
        ("setup.cfg", "[flake8]\n", ["flake8"]),
        ("tox.ini", "[isort]\n", ["isort"]),
        (".flake8", "", ["flake8"]),
        (".pre-commit-config.yaml", CONFIG, ["ruff check", "black", "flake8"]),
        (".pre-commit-config.yaml", "- id: ruff-format\n", ["ruff format"]),
    ],
)
def test_a_tool_is_used_where_a_file_of_the_project_configures_it(tmp_path, name, text, expected):
    (tmp_path / name).write_text(text)
    assert [tool.name for tool in tidy.TOOLS if tool.is_used(tmp_path)] == expected


def test_a_tool_is_asked_as_pre_commit_asks_it(tmp_path):
    (tmp_path / ".pre-commit-config.yaml").write_text(CONFIG)
    asked = {tool.name: tool.arguments(tmp_path) for tool in tidy.TOOLS}
    assert asked["flake8"] == ("--max-line-length=100",)
    assert asked["black"] == ("--line-length=90", "--target-version=py310")
    assert asked["ruff check"] == asked["isort"] == ()
