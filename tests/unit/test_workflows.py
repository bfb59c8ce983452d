import pytest

from sluice.kinds import validated_options
from sluice.tasks import SubtaskRequest
from sluice.workflows import DEFAULT, Workflow, shipped, workflow_for


def a_workflow(name: str, **values: object) -> Workflow:
    return Workflow.model_validate({"name": name, "subtasks": [SubtaskRequest(kind="video")], **values})


PLAIN = a_workflow(DEFAULT)
SOUND = a_workflow("sound", file_types=[".mp3"])
FILMS = a_workflow("films", prefixes=["uploads/films/"])
TRAILERS = a_workflow("trailers", prefixes=["uploads/films/trailers/", "uploads/ads/"])
FILM_SOUND = a_workflow("zz-film-sound", prefixes=["uploads/films/"], file_types=[".MP3"])
ALL = [PLAIN, SOUND, FILMS, TRAILERS, FILM_SOUND]


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_workflow_asks_for_kinds_and_options_that_there_are(name: str) -> None:
    found = shipped()[name]

    assert found.name == name and found.description
    assert all(validated_options(request.kind, request.options) for request in found.requests)


@pytest.mark.parametrize("name", shipped())
def test_no_subtask_of_a_workflow_is_asked_for_by_name(name: str) -> None:
    assert not any(request.by_name for request in shipped()[name].requests)


@pytest.mark.parametrize(
    ("key", "chosen"),
    [
        ("uploads/a.mp4", PLAIN),
        ("uploads/a.mp3", SOUND),
        ("uploads/A.MP3", SOUND),
        ("uploads/films/a.mp4", FILMS),
        ("uploads/films/a.mp3", FILM_SOUND),
        ("uploads/films/trailers/a.mp3", TRAILERS),
        ("uploads/ads/a.mp4", TRAILERS),
        ("uploads/filmsa.mp4", PLAIN),
        ("uploads/mp3", PLAIN),
    ],
)
def test_an_upload_gets_the_workflow_that_is_bound_to_it_most_closely(key: str, chosen: Workflow) -> None:
    assert workflow_for(key, ALL) == workflow_for(key, ALL[::-1]) == chosen


@pytest.mark.parametrize("name", ["", "Films", "a b", "-a", "a" * 64, "ä", "a/b", "a\n"])
def test_a_name_is_short_and_plain(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        a_workflow(name)
