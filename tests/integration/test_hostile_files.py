"""Malformed and malicious files: what becomes of each, and what none of them may bring about."""

from collections.abc import Sequence

import pytest

from tests.clips import Clips
from tests.hostile import handmade
from tests.hostile.attack import Lures
from tests.hostile.trials import Trial, faults, tried

_HANDMADE, _ONE_IN = 250, 4


@pytest.fixture(scope="session")
def trials(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Trial]:
    """A quarter of all attacks and of a damaged version of every clip; the whole corpus is `make hostile`."""
    return tried(tmp_path_factory.mktemp("hostile"), each=1, one_in=_ONE_IN)


def test_there_are_as_many_files_as_promised(clips: Clips, trials: Sequence[Trial]) -> None:
    names = [attack.name for attack in handmade(clips, Lures("http://127.0.0.1/", "/nowhere"))]

    assert len(set(names)) == len(names) >= _HANDMADE
    assert len({trial["name"] for trial in trials}) == len(trials) >= _HANDMADE / _ONE_IN


def test_some_are_taken_and_some_are_refused(trials: Sequence[Trial]) -> None:
    codes = {ending["code"] for trial in trials for ending in trial["endings"]}

    assert {"succeeded", "source_unreadable", "source_unsupported", "source_too_large"} <= codes


@pytest.mark.parametrize("fault", ["leaks", "network calls", "hangs", "worker crashes", "over memory"])
def test_no_hostile_file_brings_about(fault: str, trials: Sequence[Trial]) -> None:
    assert faults(trials)[fault] == []
