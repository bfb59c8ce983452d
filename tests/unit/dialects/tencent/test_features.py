"""The matrix in docs/dialects.md says what is so: every example is tried, and no member of a request lacks its row."""

from typing import Any

import pytest

from sluice.dialects.features import Feature
from sluice.dialects.tencent import models as m
from sluice.dialects.tencent import translate
from sluice.dialects.tencent.errors import Refusal
from sluice.dialects.tencent.features import FEATURES
from sluice.dialects.tencent.places import Places
from sluice.kinds import validated_options

PLACES = Places("media", "outputs", "us-east-1")
COS = {"Type": "COS", "CosInputInfo": {"Bucket": "media", "Region": "us-east-1", "Object": "/a.mp4"}}
ACTIONS: dict[str, Any] = {
    "ProcessMedia": (m.ProcessMedia, translate.process_media),
    "ProcessImage": (m.ProcessImage, translate.process_image),
}
BESIDE: dict[str, Any] = {
    "ProcessMedia": {"MediaProcessTask": {"TranscodeTaskSet": [{"Definition": 100010}]}},
    "ProcessImage": {"ImageTask": {}},
}
# What rows are about as a whole, and what the models call otherwise than the rows.
_UNTOLD = {"InputInfo", "MediaProcessTask", "ImageTask", "TransformConfig", "VideoTemplate", "AudioTemplate"}


def tried(feature: Feature) -> None:
    ((action, members),) = feature.example.items()
    model, translated = ACTIONS[action]
    request = translated(m.parsed(model, {"InputInfo": COS, **BESIDE[action], **members}), PLACES, "default")
    for subtask in request.subtasks:
        validated_options(subtask.kind, subtask.options)


@pytest.mark.parametrize("feature", [f for f in FEATURES if f.supported], ids=lambda f: f.name)
def test_what_is_supported_is_carried_out(feature: Feature) -> None:
    tried(feature)


@pytest.mark.parametrize("feature", [f for f in FEATURES if not f.supported], ids=lambda f: f.name)
def test_what_is_not_supported_is_refused_by_its_name(feature: Feature) -> None:
    with pytest.raises(Refusal) as refusal:
        tried(feature)

    named = feature.name.split(" ")[0].split(".")[-1]
    assert named in refusal.value.message.partition(":")[0], refusal.value.message
    assert refusal.value.code.startswith(("UnsupportedOperation", "InvalidParameterValue", "ResourceNotFound"))


def test_names_are_there_once() -> None:
    names = [feature.name for feature in FEATURES]

    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("model", "owner"),
    [
        (m.ProcessMedia, ""), (m.TranscodeTask, "TranscodeTask."), (m.TranscodeParameter, ""),
        (m.Video, "VideoTemplate."), (m.Audio, "AudioTemplate."), (m.AdaptiveDynamicStreamingTask, "Adaptive"),
        (m.ImageSpriteTask, "ImageSprite"), (m.ImageWork, "ImageTask."), (m.MediaTasks, ""),
    ],
)  # fmt: skip
def test_every_member_of_a_request_has_a_row(model: type[m.Parameter], owner: str) -> None:
    rows = [feature.name.split(" ")[0] for feature in FEATURES if feature.name.startswith(owner)]
    told = {row.split(".")[-1] for row in rows} | {row.split(".")[0] for row in rows}

    assert {name for name in model.model_fields if name not in told} - _UNTOLD - {"Definition"} == set()
