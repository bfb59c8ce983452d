import json
from typing import Any

from sluice.kinds.metadata.report import summary, without_address
from tests.builders import media_info

FOUND: dict[str, Any] = {
    "format": {
        "filename": "https://media.s3.amazonaws.com/uploads/a.mp4?X-Amz-Signature=abc",
        "tags": {"TITLE": "x" * 20_000, "unknown": "y"},
    },
    "streams": [{"index": 0}, {"index": 1}],
    "chapters": [{"id": 0}],
}


def test_the_signed_address_is_left_out_and_nothing_else() -> None:
    kept = without_address(FOUND)

    assert "Signature" not in json.dumps(kept)
    assert kept["format"]["tags"] == FOUND["format"]["tags"]
    assert kept["streams"] == FOUND["streams"]


def test_the_summary_is_small_whatever_the_tags() -> None:
    told = summary(FOUND, media_info())

    assert len(json.dumps(told)) < 2000
    assert (told["streams"], told["chapters"], set(told["tags"])) == (2, 1, {"title"})
