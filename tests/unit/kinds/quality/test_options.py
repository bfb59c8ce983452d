from typing import Any

import pytest

from sluice.errors import InvalidRequest
from sluice.kinds import validated_options
from sluice.kinds.quality import KIND, QualityOptions, refuse
from tests.builders import a_picture, media_info

OTHER = {"distorted": {"subtask": 1, "name": "video.mp4"}}


def test_a_film_to_measure_is_all_it_takes() -> None:
    filled = validated_options("quality", OTHER)

    assert filled["metrics"] == ["vmaf", "ssim", "psnr"]
    assert validated_options("quality", filled) == filled


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({}, "distorted"),
        ({"distorted": {}}, "distorted"),
        ({**OTHER, "metrics": []}, "metrics"),
        ({**OTHER, "metrics": ["vmaf", "vmaf"]}, "metrics"),
        ({**OTHER, "metrics": ["mos"]}, "metrics.0"),
        ({**OTHER, "every_nth_frame": 0}, "every_nth_frame"),
        ({**OTHER, "start": -1}, "start"),
    ],
)
def test_what_cannot_be_is_refused_by_its_path(options: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        validated_options("quality", options)

    assert raised.value.field == f"options.{field}"


def test_films_are_measured_and_within_their_length() -> None:
    options = QualityOptions.model_validate({**OTHER, "start": 10})

    found = [refuse(options, media) for media in (a_picture(), media_info(duration=10.0), media_info(duration=11.0))]

    assert [failure and failure.code for failure in found] == ["source_is_picture", "time_past_end", None]


def test_the_other_film_is_told_by_its_place() -> None:
    references = KIND.references(QualityOptions.model_validate(OTHER))

    assert [(path, reference.expected) for path, reference in references.items()] == [("distorted", "media")]
