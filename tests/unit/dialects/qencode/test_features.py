"""The matrix in docs/dialects.md says what is so: every example is tried."""

import json

import pytest

from sluice.dialects.features import Feature
from sluice.dialects.qencode.features import FEATURES
from sluice.dialects.qencode.outputs import CARRIED, REFUSED_OUTPUTS
from sluice.dialects.qencode.places import Buckets, source_at, upload_id
from sluice.dialects.qencode.query import Format, Query, parsed
from sluice.dialects.qencode.translate import planned, source_url
from sluice.errors import InvalidRequest

BUCKETS = Buckets("media", "outputs")


def tried(feature: Feature) -> None:
    known = {} if {"source", "stitch"} & set(feature.example) else {"source": "https://example.org/a.mp4"}
    query = parsed(json.dumps({"query": {**known, **feature.example}}))
    planned(query, BUCKETS, "default")
    url = source_url(query)
    if not upload_id(url):
        source_at(url, BUCKETS, "default")


@pytest.mark.parametrize("feature", [f for f in FEATURES if f.supported], ids=lambda f: f.name)
def test_what_is_supported_is_carried_out(feature: Feature) -> None:
    tried(feature)


@pytest.mark.parametrize("feature", [f for f in FEATURES if not f.supported], ids=lambda f: f.name)
def test_what_is_not_supported_is_refused_by_its_name(feature: Feature) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        tried(feature)

    assert any(word in refusal.value.message for word in feature.name.split(" ")), refusal.value.message
    assert refusal.value.field and refusal.value.message.startswith(f"{refusal.value.field}: ")


def test_names_are_there_once() -> None:
    names = [feature.name for feature in FEATURES]

    assert len(names) == len(set(names))


def test_every_output_and_every_member_has_a_row() -> None:
    told = {word for feature in FEATURES for word in feature.name.split(" ")}
    members = {field.alias or name for model in (Query, Format) for name, field in model.model_fields.items()}
    # these are rows of others: formats are their outputs, flags of one output, a spelling, encoders' tuning
    untold = {
        "format", "output", "language", "json", "srt", "vtt", "mode", "columns", "resize_mod", "optimize_bitrate",
        "min_crf", "max_crf", "adjust_crf",
    }  # fmt: skip

    assert {*CARRIED, *REFUSED_OUTPUTS} <= told
    assert members - untold <= told
