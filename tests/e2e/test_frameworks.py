"""Projects whose tests go through a client, a session or a stand-in: what is suggested does so, too."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import FIXTURES, PLUGINS, Project, copied

pytestmark = pytest.mark.slow

ENRICH = (
    "pytest",
    "--enrich",
    "--enrich-max=0",
    "--enrich-with=rows",
    "--enrich-budget=200x",
    "-p",
    "no:cacheprovider",
)
CASES = {
    "fastapi": ("src/desk/app.py::index", ['client.get("/tickets?limit=', "assert response.status_code == 400"]),
    "httpx": ("src/depot/client.py::Depot._ask", ["httpx.Response(401", "pytest.raises(DepotError"]),
    "django": (
        "src/club/views.py::courses",
        ['client.get("/courses/?most=', "assert response.status_code == 400"],
    ),
    "sqlalchemy": (
        "src/library/repository.py::Library.bring_back",
        ["library.lend(", "pytest.raises(LibraryError"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_suggested_goes_the_way_that_the_tests_beside_it_go(tmp_path, name):
    only, written = CASES[name]
    plugins = (*PLUGINS, "pytest_django.plugin") if name == "django" else PLUGINS
    project = Project(copied(FIXTURES / name, tmp_path / name).root, plugins)
    ended = project.run(*ENRICH, f"--enrich-only={only}")
    assert ended.status == 0, ended.text
    codes = ["\n".join(lines) for _, lines in project.suggested()]
    assert any(all(part in code for part in written) for code in codes), ended.text
