from __future__ import annotations

import stat
import tempfile

import pytest

from pytest_enrich.payload.rules import files


def test_a_file_is_written_before_the_line_that_asks_for_it():
    assert files.unfolded(["load(⟨file⟩('a=b'))"]) == (
        "path = tmp_path / 'file.txt'",
        "path.write_text('a=b')",
        "load(path)",
    )


def test_the_same_text_is_one_file_and_another_text_another():
    lines = files.unfolded(["x = ⟨file⟩('a')", "same(str(⟨file⟩('a')), ⟨file⟩('b'))"])
    assert lines[-2:] == ("x = path", "same(str(path), path_2)")
    assert lines[:3:2] == ("path = tmp_path / 'file.txt'", "path_2 = tmp_path / 'file_2.txt'")


def test_a_path_without_a_file_is_only_named():
    assert files.unfolded(["load(⟨file⟩())"]) == ("path = tmp_path / 'missing.txt'", "load(path)")


def test_a_program_without_files_stays_as_it_is():
    assert files.unfolded(["x = 1", "f('file')"]) == ("x = 1", "f('file')")


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("path", "file"),
        ("config_file", "file"),
        ("profile", ""),
        ("a", ""),
        ("output_dir", "directory"),
        ("folder", "directory"),
    ],
)
def test_names_of_places_end_in_what_they_are(name, place):
    assert files.called(name) == place


def test_the_folder_is_empty_each_time_and_called_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # in the machine's own it may be somebody else's
    first = files.empty_folder()
    (first / "a.txt").write_text("a", encoding="utf-8")
    assert files.empty_folder() == first
    assert not list(first.iterdir())


@pytest.mark.parametrize("left", ["nothing", "a file", "another mode", "a link"])
def test_whatever_a_call_leaves_of_the_folder_the_next_one_finds_it_new(tmp_path, monkeypatch, left):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    place = files.empty_folder()
    if left == "a file":
        (place / "left.txt").write_text("a")
    elif left == "another mode":
        place.chmod(0o500)
    elif left == "a link":
        place.rmdir()
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        place.symlink_to(tmp_path / "elsewhere")
    again = files.empty_folder()
    assert (again, [*again.iterdir()], stat.S_IMODE(again.stat().st_mode)) == (place, [], 0o700)


def test_a_file_is_given_where_a_path_is_asked_for_and_shown_where_it_changed(explore):
    text = """
        import pathlib

        def add(path: pathlib.Path, line: str) -> bool:
            if path.exists() and path.read_text().startswith("a"):
                path.write_text(line + "!")  # here
                return True
            return False
        """
    (finding,) = explore(text, "add").findings
    assert finding.lines[0] == "path = tmp_path / 'file.txt'"
    assert finding.action.startswith("⟨sample:add⟩(path, ")
    assert [one.expression for one in finding.observations] == ["{result}", "path.read_text()"]


def test_of_a_file_that_is_gone_it_is_said_that_it_is(explore):
    text = """
        import pathlib

        def drop(path: pathlib.Path) -> None:
            if path.exists():
                path.unlink()  # here
        """
    (finding,) = explore(text, "drop").findings
    assert [(one.expression, one.value, one.form) for one in finding.observations] == [
        ("path.exists()", "False", "is")
    ]


def test_a_text_parameter_that_is_called_a_path_is_one(explore):
    text = """
        def count(config_path):
            with open(config_path) as stream:
                return len(stream.readlines())  # here
        """
    (finding,) = explore(text, "count").findings
    assert finding.action == "⟨sample:count⟩(str(path))"


def test_a_stream_is_given_where_one_is_asked_for(explore):
    text = """
        from typing import IO

        def first(stream: IO[str]) -> str:
            for line in stream:
                return line.strip()  # here
            return ""
        """
    (finding,) = explore(text, "first").findings
    assert finding.action.startswith("⟨sample:first⟩(⟨io:StringIO⟩(")


def test_the_files_of_a_directory_are_written_before_the_line_that_asks_for_it():
    assert files.unfolded(["find(str(⟨folder⟩(a.txt, sub/b.py)))"]) == (
        "(tmp_path / 'sub').mkdir()",
        "(tmp_path / 'a.txt').write_text('a')",
        "(tmp_path / 'sub/b.py').write_text('a')",
        "find(str(tmp_path))",
    )


def test_paths_in_the_directory_are_told_by_its_name():
    place = files.folder()
    held = files.placed([f"{place}/a.txt", str(place), place / "sub" / "b.py", f"{place}s", (str(place),), 1])
    assert held[3:] == [f"{place}s", (files.PLACE,), 1]
    told = files.told(f"[{held[0]!r}, {held[1]!r}, ⟨pathlib:PosixPath⟩({str(held[2])!r}), '/a']")
    assert told == "[str(tmp_path / 'a.txt'), str(tmp_path), tmp_path / 'sub/b.py', '/a']"


def test_a_directory_is_given_where_a_parameter_is_called_one(explore):
    text = """
        import os

        def found(directory, suffix=".txt"):
            for root, _, names in os.walk(directory):
                for name in names:
                    if name.endswith(suffix):
                        return os.path.join(root, name)  # here
            return None
        """
    (finding,) = explore(text, "found").findings
    assert finding.lines == ("(tmp_path / 'a.txt').write_text('a')",)
    assert finding.action == "⟨sample:found⟩(str(tmp_path))"
    assert [one.value for one in finding.observations] == ["str(tmp_path / 'a.txt')"]


def test_what_depends_on_the_order_of_files_in_a_directory_is_no_finding(explore):
    text = """
        import os

        def listed(directory):
            names = os.listdir(directory)
            if len(names) > 1:
                return names  # here
        """
    assert not explore(text, "listed").findings


def test_files_that_a_call_makes_in_a_directory_are_named(explore):
    text = """
        import pathlib

        def mark(folder: pathlib.Path) -> None:
            if folder.is_dir():
                (folder / "marked").touch()  # here
        """
    (finding,) = explore(text, "mark").findings
    (seen,) = finding.observations
    assert seen.expression == "sorted(entry.name for entry in tmp_path.iterdir())"
    assert "'marked'" in seen.value


@pytest.mark.parametrize(
    ("value", "leads"),
    [("/", True), ("~/a", True), ("..", True), ("a/../..", True), ("a.txt", False), (1, False)],
)
def test_a_place_of_the_machine_is_told_by_how_it_begins_or_goes_up(value, leads):
    assert files.leads_away(value) is leads


@pytest.mark.parametrize(
    ("parameter", "body", "is_passed"),
    [
        ("filename", "filename.startswith('/')", False),
        ("source", "source.startswith('/') or open(source)", False),
        ("path", "path == '/users'", True),
    ],
)
def test_a_place_of_the_machine_is_passed_only_where_nothing_is_opened(explore, parameter, body, is_passed):
    text = f"""
        def begins({parameter}: str):
            if {body}:
                raise ValueError("it does")  # here
        """
    (finding,) = explore(text, "begins", constants=("'/users'",)).findings
    assert ("'/" in finding.action) is is_passed


def test_a_function_that_takes_a_file_gets_none_of_the_machine(explore):
    text = """
        import os

        def rotate(filename: str):
            if os.path.isdir(filename) or filename.startswith("/"):
                raise ValueError("no file")  # here
        """
    (finding,) = explore(text, "rotate").findings
    assert finding.action == "⟨sample:rotate⟩(str(path))"


LOADING = """
    import pathlib

    def load(path: pathlib.Path) -> dict:
        found = {}
        for line in path.read_text().splitlines():
            if "=" in line:
                key, _, value = line.partition("=")
                found[key] = value  # here
        return found
    """


def test_a_file_has_what_tests_write_into_such(explore):
    (finding,) = explore(LOADING, "load", contents=("'colour=red\\nsize=3\\n'", "'# nothing'")).findings
    assert "path.write_text('colour=red\\nsize=3')" in finding.lines or "colour=red" in finding.lines[1]
    assert finding.doubt == 0


def test_the_file_that_an_object_is_made_of_has_what_tests_write_into_such(explore):
    text = """
        import pathlib

        class Table:
            def __init__(self, path: pathlib.Path) -> None:
                self.path = path

            def rows(self) -> int:
                found = 0
                for line in self.path.read_text().splitlines():
                    if line.strip():
                        found += 1  # here
                return found
        """
    (finding,) = explore(text, "Table.rows", "method", contents=("'red,3'",)).findings
    assert "path.write_text('red,3')" in finding.lines


def test_the_text_of_a_file_is_exchanged_wherever_it_stands():
    assert files.refilled("⟨m:Table⟩(⟨file⟩('4'), 'x')", "'a=b'") == "⟨m:Table⟩(⟨file⟩('a=b'), 'x')"
    assert files.refilled("⟨m:Table⟩(⟨file⟩())", "'a=b'") == "⟨m:Table⟩(⟨file⟩())"


def test_a_directory_has_no_file_and_a_path_none_where_nobody_asks_for_one(explore):
    text = """
        import pathlib

        def load(folder: pathlib.Path, path: pathlib.Path) -> str:
            if not (folder / "settings.ini").exists():
                raise ValueError(f"no settings for {path.name}")  # here
            return ""
        """
    (finding,) = explore(text, "load").findings
    assert finding.lines == ("path = tmp_path / 'missing.txt'",)
    assert finding.action == "⟨sample:load⟩(tmp_path, path)"
