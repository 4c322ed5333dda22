from __future__ import annotations


def test_an_item_says_where_and_how_it_is_written(project, collect):
    root = project(
        tests__test_a="""
            import unittest
            import pytest

            @pytest.mark.parametrize("n", [1, 2])
            def test_many(n): pass

            @pytest.mark.slow
            @pytest.mark.slow
            async def test_later(): pass

            class TestGroup:
                class TestInner:
                    def test_in(self): pass

            class OldTest(unittest.TestCase):
                def test_old(self): pass
            """
    )

    collected = collect(root, "tests/test_a.py")

    assert collected.errors == ()
    assert [(i.nodeid.partition("::")[2], i.name, i.owner, i.style) for i in collected.items] == [
        ("test_many", "test_many", None, "function"),
        ("test_later", "test_later", None, "function"),
        ("TestGroup::TestInner::test_in", "test_in", "TestGroup.TestInner", "method"),
        ("OldTest::test_old", "test_old", "OldTest", "unittest"),
    ]
    assert {item.path for item in collected.items} == {"tests/test_a.py"}


def test_the_answer_does_not_grow_with_the_parameters_of_a_test(project, collect):
    many = "import pytest\n@pytest.mark.parametrize('n', range({}))\ndef test_many(n): pass\n"
    few, more = (collect(project(tests__test_a=many.format(size)), "tests/test_a.py") for size in (1, 900))

    assert few.items == more.items


def test_fixtures_are_those_a_neighbour_could_use(project, collect):
    fixture = "import pytest\n@pytest.fixture\ndef {0}(): pass\n"
    root = project(
        conftest=fixture.format("of_root"),
        tests__conftest=fixture.format("of_tests"),
        tests__deep__conftest=fixture.format("of_deep"),
        tests__test_a=fixture.format("of_file")
        + "def test_a(): pass\nclass TestIt:\n    @pytest.fixture\n    def of_class(self): pass\n"
        + "    def test_b(self): pass\n",
    )

    by_name = {item.name: item.fixtures for item in collect(root, "tests/test_a.py").items}

    of_ours = {name: {part for part in found if part.startswith("of_")} for name, found in by_name.items()}
    assert of_ours == {
        "test_a": {"of_root", "of_tests", "of_file"},
        "test_b": {"of_root", "of_tests", "of_file", "of_class"},
    }
    assert {"tmp_path", "monkeypatch", "capsys"} <= set(by_name["test_a"])


def test_only_the_node_ids_asked_for_are_described(project, collect):
    root = project(tests__test_a="def test_a(): pass\ndef test_b(): pass\n")

    collected = collect(root, "tests/test_a.py::test_b", "tests/test_a.py::test_gone")

    assert [item.name for item in collected.items] == ["test_b"]
    assert collected.errors == ("there is no test tests/test_a.py::test_gone",)


def test_with_nothing_asked_for_the_whole_suite_is_described(project, collect):
    root = project(tests__test_a="def test_a(): pass\n", tests__test_b="def test_b(): pass\n")

    assert {item.name for item in collect(root).items} == {"test_a", "test_b"}


def test_a_file_that_is_gone_or_broken_is_an_error_and_the_others_are_described(project, collect):
    root = project(tests__test_a="def test_a(): pass\n", tests__test_b="def test_b(:\n")

    collected = collect(root, "tests/test_a.py", "tests/test_b.py", "tests/test_c.py")

    assert [item.name for item in collected.items] == ["test_a"]
    gone, broken = collected.errors
    assert "test_c.py" in gone
    assert "SyntaxError" in broken


def test_a_file_that_leaves_python_is_an_error_that_says_so(project, collect):
    root = project(tests__test_a="import sys\nsys.exit(3)\n")

    collected = collect(root, "tests/test_a.py")

    assert collected.items == ()
    assert any("SystemExit" in error for error in collected.errors)


def test_collecting_runs_nothing(project, collect):
    root = project(tests__test_a="def test_a():\n    open('trace', 'w').close()\n")

    collect(root, "tests/test_a.py")

    assert not (root / "trace").exists()


def test_a_test_that_has_all_its_data_in_its_name_is_left_out(project, collect):
    root = project(
        tests__test_a="""
            import pytest

            def test_plain(): pass

            @pytest.mark.parametrize("n", [1], ids=["x" * 5000])
            def test_named(n): pass
            """
    )

    collected = collect(root, "tests/test_a.py")

    assert [item.name for item in collected.items] == ["test_plain"]
    assert collected.errors == ()
