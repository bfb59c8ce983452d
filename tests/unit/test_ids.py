import string
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ulid import ULID

from sluice.ids import is_task_id, random_id, upload_id
from tests.builders import MOMENT, TASK_ID

MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC))


def an_id(
    bucket: str = "media",
    key: str = "uploads/clip.mp4",
    etag: str = "abc",
    modified: datetime = MOMENT,
) -> str:
    return upload_id(bucket, key, etag, modified)


def test_the_same_upload_has_the_same_id() -> None:
    assert an_id() == an_id()


@pytest.mark.parametrize(
    "other",
    [
        an_id(bucket="other"),
        an_id(key="uploads/other.mp4"),
        an_id(etag="def"),
        an_id(modified=MOMENT + timedelta(seconds=1)),
    ],
    ids=["bucket", "key", "etag", "time"],
)
def test_another_upload_has_another_id(other: str) -> None:
    assert an_id() != other


def test_parts_of_an_identity_do_not_run_into_each_other() -> None:
    assert an_id(key="ab", etag="c") != an_id(key="a", etag="bc")


@given(MOMENTS, MOMENTS)
def test_ids_sort_by_time(one: datetime, other: datetime) -> None:
    first, second = sorted([one, other])
    apart = second - first >= timedelta(milliseconds=1)

    assert not apart or an_id(modified=first) < an_id(modified=second)
    assert not apart or random_id(first) < random_id(second)


@given(st.text(max_size=50), MOMENTS)
def test_every_id_is_a_ulid_in_lower_case(key: str, moment: datetime) -> None:
    made = an_id(key=key.encode(errors="replace").decode(), modified=moment)

    assert made == made.lower() and is_task_id(made)
    assert abs(ULID.from_str(made.upper()).timestamp - moment.timestamp()) < 0.002


def test_two_requests_of_one_moment_have_two_ids() -> None:
    assert random_id(MOMENT) != random_id(MOMENT)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        TASK_ID.upper(),
        TASK_ID[:-1],
        TASK_ID + "0",
        TASK_ID[:-1] + "\n",
        TASK_ID + "\n",
        "8" + TASK_ID[1:],
        *(TASK_ID[:-1] + letter for letter in "ilou"),
    ],
)
def test_other_text_is_no_task_id(text: str) -> None:
    assert not is_task_id(text)


@given(st.text(alphabet=string.printable, max_size=30))
def test_asking_whether_text_is_a_task_id_never_fails(text: str) -> None:
    assert is_task_id(text) in {True, False}
