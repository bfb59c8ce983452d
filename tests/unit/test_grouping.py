"""What is prepared together."""

from sluice.grouping import groups
from sluice.planning import plan
from tests.builders import a_source as source_of
from tests.builders import a_subtask, a_task, media_info


def grouped(*asked: tuple[str, dict[str, object]]) -> list[tuple[list[str], list[int]]]:
    """Needs and numbers of members, a group each."""
    media = media_info()
    subtasks = tuple(
        a_subtask(number=n, kind=kind, options=options) for n, (kind, options) in enumerate(asked, start=1)
    )
    task = a_task(subtasks=subtasks, source=source_of(media=media))
    found = groups(task, plan(task, media).steps)
    return [(group["needs"], [member["number"] for member in group["members"]]) for group in found]


def test_what_needs_no_preparation_stays_alone() -> None:
    assert grouped(("video", {}), ("screenshot", {})) == [([], [1]), ([], [2])]


def test_those_that_look_at_the_same_moments_share_their_frames() -> None:
    ((needs, members),) = grouped(("moderation", {}), ("moderation", {"parts": ["frames", "text"]}))

    assert (needs, members) == (["frames"], [1, 2])


def test_those_that_look_at_other_moments_do_not() -> None:
    found = grouped(("moderation", {}), ("moderation", {"sample_interval_seconds": 0.5}))

    assert [members for _, members in found] == [[1], [2]]


def test_speech_is_heard_once_for_all() -> None:
    found = grouped(("subtitles", {}), ("moderation", {"parts": ["frames", "speech"]}), ("discovery", {}))

    heard = [needs for needs, _ in found if "sound" in needs]
    assert len(heard) == 1
    assert sorted(number for _, members in found for number in members) == [1, 2, 3]


def test_the_first_member_names_the_work_files() -> None:
    media = media_info()
    task = a_task(
        subtasks=(a_subtask(number=1, kind="video"), a_subtask(number=2, kind="moderation")),
        source=source_of(media=media),
    )

    found = groups(task, plan(task, media).steps)

    assert [(g["number"], g["members"][0].get("prepared_by")) for g in found] == [(1, None), (2, 2)]


def companions(*asked: tuple[str, dict[str, object]], duration: float = 60.0) -> list[tuple[list[int], list[int]]]:
    """Members and companions, a group each."""
    media = media_info(duration=duration)
    subtasks = tuple(
        a_subtask(number=n, kind=kind, options=options) for n, (kind, options) in enumerate(asked, start=1)
    )
    task = a_task(subtasks=subtasks, source=source_of(media=media))
    found = groups(task, plan(task, media).steps)
    return [([member["number"] for member in group["members"]], group["companions"]) for group in found]


def test_stills_are_taken_along_with_the_frames() -> None:
    found = companions(("video", {}), ("screenshot", {}), ("sprite", {}), ("moderation", {}))

    assert found == [([1], []), ([4, 2, 3], [2, 3])]


def test_stills_share_a_pass_without_anybodys_frames() -> None:
    assert companions(("screenshot", {}), ("sprite", {})) == [([1, 2], [1, 2])]


def test_stills_of_a_long_film_are_sought_by_each() -> None:
    assert companions(("screenshot", {}), ("sprite", {}), duration=3600) == [([1], []), ([2], [])]


def test_uneven_stills_are_sought() -> None:
    assert companions(("screenshot", {"times": [1, 2, 10]}), ("sprite", {})) == [([1], []), ([2], [])]


def test_stills_do_not_wait_for_what_others_hear() -> None:
    found = companions(("screenshot", {}), ("sprite", {}), ("discovery", {}))

    assert found == [([3], []), ([1, 2], [1, 2])]


def test_stills_that_are_too_many_to_be_handed_on_stay_alone() -> None:
    large = ("screenshot", {"interval_seconds": 0.4, "format": "png"})

    assert companions(large, ("sprite", {})) == [([1], []), ([2], [])]
