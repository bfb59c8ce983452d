"""Malformed and malicious files: what becomes of each, and what none of them may bring about."""

from collections.abc import Sequence

import pytest

from tests.hostile.trials import Trial, faults, tried

_HANDMADE = 250


@pytest.fixture(scope="session")
def trials(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Trial]:
    """All attacks made by hand, and a damaged version of every clip; the whole corpus is `make hostile`."""
    return tried(tmp_path_factory.mktemp("hostile"), each=1)


def test_there_are_as_many_files_as_promised(trials: Sequence[Trial]) -> None:
    assert sum(trial["family"] != "mutation" for trial in trials) >= _HANDMADE
    assert len({trial["name"] for trial in trials}) == len(trials) > 300


def test_some_are_taken_and_some_are_refused(trials: Sequence[Trial]) -> None:
    codes = {ending["code"] for trial in trials for ending in trial["endings"]}

    assert {"succeeded", "source_unreadable", "source_unsupported", "source_too_large"} <= codes


@pytest.mark.parametrize("fault", ["leaks", "network calls", "hangs", "worker crashes", "over memory"])
def test_no_hostile_file_brings_about(fault: str, trials: Sequence[Trial]) -> None:
    assert faults(trials)[fault] == []
