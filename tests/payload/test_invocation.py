from __future__ import annotations

from pytest_enrich.payload import invocation


def work(*pytest_args: str) -> dict[str, object]:
    return {"pytest_args": list(pytest_args), "rootdir": "/project", "scratch": "/scratch"}


def test_the_cache_lies_in_the_scratch_directory():
    assert "cache_dir=/scratch/cache" in invocation.arguments(work())


def test_without_the_cache_plugin_its_option_is_not_given():
    assert not any("cache_dir" in one for one in invocation.arguments(work("-p", "no:cacheprovider")))
    assert not any("cache_dir" in one for one in invocation.arguments(work("-pno:cacheprovider")))
