def test_run_answers_what_pytest_answers(project, no_dash, wrong):
    assert project.run("run", no_dash).status == 0
    assert project.run("run", wrong, "--", "-q").status == 1


def test_run_passes_arguments_on(project, no_dash):
    assert "1 passed" in project.run("run", no_dash, "--", "-v").out


def test_verify_tells_passing_from_failing(project, no_dash, wrong):
    answer = project.run("verify", "--all", "--json")
    assert answer.status == 1
    assert sorted((one["id"], one["state"]) for one in answer.json["verified"]) == sorted(
        [(no_dash, "ok"), (wrong, "fails")]
    )


def test_verify_of_a_stale_one_runs_nothing(project, no_dash):
    project.source.write_text(project.source.read_text().replace("if not sep", "if not tail"))
    answer = project.run("verify", no_dash)
    assert (answer.status, answer.out) == (1, f"{no_dash}  stale\n")


def test_verify_needs_to_know_what(project, no_dash):
    assert (project.run("verify").status, project.run("verify", no_dash, "--all").status) == (2, 2)


def test_where_plugins_are_not_loaded_by_themselves_ours_is(project, no_dash, monkeypatch):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    assert project.run("run", no_dash).status == 0
    assert project.run("verify", no_dash).status == 0
    assert project.run("accept", no_dash).status == 0
