"""From requests of MPS to our own: what each asks for, where its outputs lie, what is refused and by which name."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.dialects.tencent import models as m
from sluice.dialects.tencent import presets, translate
from sluice.dialects.tencent.errors import Refusal
from sluice.dialects.tencent.places import Places
from sluice.intake import TaskRequest
from sluice.kinds import validated_options
from sluice.naming import output_key, path_mistake
from sluice.tasks import SubtaskRequest

PLACES = Places("media", "outputs", "us-east-1")
COS = {"Type": "COS", "CosInputInfo": {"Bucket": "media", "Region": "r", "Object": "/uploads/my film.mov"}}


def asked(**members: Any) -> TaskRequest:
    given = {"InputInfo": COS, **members}
    return translate.process_media(m.parsed(m.ProcessMedia, given), PLACES, "acme")


def media(name: str, *elements: dict[str, Any], **members: Any) -> tuple[SubtaskRequest, ...]:
    return asked(MediaProcessTask={name: list(elements)}, **members).subtasks


def transcoded(**element: Any) -> dict[str, Any]:
    """The options of one transcoding, checked by the kind, without what was left at its default."""
    (subtask,) = media("TranscodeTaskSet", element)
    assert validated_options(subtask.kind, subtask.options)
    return {"kind": subtask.kind, **subtask.options}


def raw(container: str = "mp4", **members: Any) -> dict[str, Any]:
    usual = {
        "Container": container,
        "VideoTemplate": {"Codec": "h264", "Fps": 0, "Bitrate": 0},
        "AudioTemplate": {"Codec": "aac", "Bitrate": 0, "SampleRate": 0},
    }
    return {"Definition": 0, "RawParameter": {**usual, **members}}


def video(container: str = "mp4", **members: Any) -> dict[str, Any]:
    return raw(container, VideoTemplate={"Codec": "h264", "Fps": 0, "Bitrate": 0, **members})


def audio(container: str = "mp4", **members: Any) -> dict[str, Any]:
    return raw(container, AudioTemplate={"Codec": "aac", "Bitrate": 0, "SampleRate": 0, **members})


def sign(picture: dict[str, Any] | None = None, **members: Any) -> dict[str, Any]:
    """An element of WatermarkSet."""
    content = {"Type": "AWS-S3", "S3InputInfo": {"S3Bucket": "media", "S3Region": "r", "S3Object": "/marks/sign.png"}}
    usual = {"Type": "image", "ImageTemplate": {"ImageContent": content, **(picture or {})}}
    return {"Definition": 0, "RawParameter": {**usual, **members}}


def refusal(**members: Any) -> tuple[str, str]:
    with pytest.raises(Refusal) as refused:
        asked(**members)
    return refused.value.code, refused.value.message


def refused(element: dict[str, Any], name: str = "TranscodeTaskSet") -> tuple[str, str]:
    return refusal(MediaProcessTask={name: [element]})


# ── presets ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("definition", "short_side", "rate"), [(100010, 360, 400_000), (100040, 1080, 2_500_000), (100080, 2160, 6_000_000)]
)
def test_a_preset_of_mp4_is_a_film_of_its_size_and_rate(definition: int, short_side: int, rate: int) -> None:
    options = transcoded(Definition=definition)

    assert options["kind"] == "video"
    assert (options["container"], options["codec"], options["audio_codec"]) == ("mp4", "h264", "aac")
    assert (options["resolution"], options["video_bitrate"]) == (short_side, rate)


def test_a_preset_of_hls_is_an_adaptive_set_of_one_rung() -> None:
    options = transcoded(Definition=100220)

    assert options["kind"] == "adaptive"
    assert (options["ladder"], options["rate_control"]) == ([{"short_side": 540, "video_bitrate": 1_000_000}], "abr")


@pytest.mark.parametrize(
    ("definition", "format_", "rate"), [(1100, "m4a", 24_000), (1140, "m4a", 256_000), (1020, "mp3", 320_000)]
)
def test_a_preset_of_sound_is_sound(definition: int, format_: str, rate: int) -> None:
    options = transcoded(Definition=definition)

    assert (options["kind"], options["format"], options["bitrate"]) == ("audio", format_, rate)


@pytest.mark.parametrize("definition", presets.TRANSCODE)
def test_every_preset_makes_something(definition: int) -> None:
    assert transcoded(Definition=definition)


@pytest.mark.parametrize(
    ("name", "element", "kind", "options"),
    [
        ("AnimatedGraphicTaskSet", {"Definition": 20000, "StartTimeOffset": 1, "EndTimeOffset": 2.5}, "animation",
         {"format": "gif", "start": 1.0, "duration_seconds": 1.5}),
        ("SnapshotByTimeOffsetTaskSet", {"Definition": 10, "ExtTimeOffsetSet": ["3.5s", "10%"]}, "screenshot",
         {"format": "jpeg", "times": [3.5, "10%"]}),
        ("SnapshotByTimeOffsetTaskSet", {"Definition": "10", "TimeOffsetSet": ["0", 2]}, "screenshot",
         {"format": "jpeg", "times": [0.0, 2.0]}),
        ("SampleSnapshotTaskSet", {"Definition": 10}, "screenshot",
         {"format": "jpeg", "times": ["0%", "10%", "20%", "30%", "40%", "50%", "60%", "70%", "80%", "90%"]}),
        ("ImageSpriteTaskSet", {"Definition": 10}, "sprite", {"columns": 10, "rows": 10, "tile_width": 142}),
        ("AdaptiveDynamicStreamingTaskSet", {"Definition": 10}, "adaptive", {}),
        ("AdaptiveDynamicStreamingTaskSet", {"Definition": 20}, "adaptive", {}),
    ],
)  # fmt: skip
def test_each_set_makes_its_kind(name: str, element: dict[str, Any], kind: str, options: dict[str, Any]) -> None:
    (subtask,) = media(name, element)

    assert (subtask.kind, subtask.options) == (kind, options)
    assert validated_options(kind, subtask.options)


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("AiContentReviewTask", ["moderation"]),
        ("AiAnalysisTask", ["discovery"]),
        ("AiRecognitionTask", ["subtitles", "discovery"]),
    ],
)
def test_what_is_looked_for_is_found_by_our_kinds(name: str, kinds: list[str]) -> None:
    subtasks = asked(**{name: {"Definition": 10}}).subtasks

    assert [subtask.kind for subtask in subtasks] == kinds
    assert all(validated_options(subtask.kind, subtask.options) for subtask in subtasks)


@pytest.mark.parametrize("definition", [1, 7, 100050])
def test_a_template_that_there_is_not_is_told(definition: int) -> None:
    names = ["TranscodeTaskSet", "SampleSnapshotTaskSet", "ImageSpriteTaskSet", "AdaptiveDynamicStreamingTaskSet"]
    for name in names:
        assert refused({"Definition": definition}, name)[0] == "ResourceNotFound.TemplateNotExist"
    assert refusal(AiContentReviewTask={"Definition": definition})[0] == "ResourceNotFound.TemplateNotExist"


# ── RawParameter and OverrideParameter ────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("element", "options"),
    [
        (video(), {"resolution": 4320, "quality": "high"}),
        (video(Width=1280, Height=720),
         {"width": 1280, "height": 720, "fit": "pad", "upscale": True, "turn_box": True}),
        (video(Width=1280, Height=720, FillType="stretch"), {"fit": "fill"}),
        (video(Width=720, Height=1280, ResolutionAdaptive="close"), {"width": 720, "height": 1280, "upscale": True}),
        (video(Height=480), {"height": 480, "turn_box": True, "upscale": True}),
        (video(Width=640), {"width": 640, "turn_box": True, "upscale": True}),
        (video(Bitrate=1500), {"video_bitrate": 1_500_000}),
        (video(Vcrf=28), {"crf": 28}),
        (video(Mode="VCRF", Vcrf=28, Bitrate=900), {"crf": 28}),
        (video(Fps=25, Gop=50), {"fps": 25, "gop_seconds": 2.0}),
        (video(Fps=30000, FpsDenominator=1001), {"fps": "30000/1001"}),
        (video(Gop=4, GopUnit="second"), {"gop_seconds": 4.0}),
        (video(Codec="h265", BitDepth=10), {"codec": "h265", "bit_depth": 10}),
        (video("flv"), {"container": "flv"}),
        (raw(RemoveAudio=1, AudioTemplate=None), {"audio_codec": "none"}),
        (audio(Codec="mp3", Bitrate=128, SampleRate=44100, AudioChannel=1),
         {"audio_codec": "mp3", "audio_bitrate": 128_000, "audio_sample_rate": 44100, "audio_channels": 1}),
        (audio(Codec="copy"), {"audio_codec": "copy"}),
        ({**video(), "StartTimeOffset": 1.5, "EndTimeOffset": "4"}, {"start": 1.5, "end": 4.0}),
        (raw("mp3", RemoveVideo=1, VideoTemplate=None, AudioTemplate={"Codec": "mp3", "Bitrate": 128}),
         {"format": "mp3", "bitrate": 128_000, "channels": 2}),
        (raw("flac", RemoveVideo=1, VideoTemplate=None, AudioTemplate={"Codec": "flac", "Bitrate": 0}),
         {"format": "flac"}),
        (video("hls", Height=480, Bitrate=800, HlsTime=4),
         {"ladder": [{"short_side": 480, "video_bitrate": 800_000}], "segment_seconds": 4.0, "rate_control": "abr"}),
    ],
)  # fmt: skip
def test_a_parameter_is_carried_out(element: dict[str, Any], options: dict[str, Any]) -> None:
    found = transcoded(**element)

    assert {name: found.get(name) for name in options} == options


def test_an_override_changes_what_it_names_and_leaves_the_rest() -> None:
    override = {"VideoTemplate": {"Bitrate": 800}, "AudioTemplate": {"AudioChannel": 1}}
    options = transcoded(Definition=100030, OverrideParameter=override)

    assert (options["resolution"], options["video_bitrate"], options["codec"]) == (720, 800_000, "h264")
    assert (options["audio_channels"], options["audio_codec"]) == (1, "aac")


def test_an_override_may_change_the_container() -> None:
    assert transcoded(Definition=100010, OverrideParameter={"Container": "hls"})["kind"] == "adaptive"
    assert transcoded(Definition=100010, OverrideParameter={"RemoveAudio": 1})["audio_codec"] == "none"


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (sign(), {"position": "top_left", "x": "0px", "y": "0px", "width": "10%"}),
        (
            sign({"Width": "100px", "Height": "7.50%"}, CoordinateOrigin="BottomRight", XPos="5%", YPos="040px"),
            {"position": "bottom_right", "x": "5%", "y": "40px", "width": "100px", "height": "7.5%"},
        ),
    ],
)
def test_a_watermark_is_that_of_the_kind(given: dict[str, Any], found: dict[str, Any]) -> None:
    watermark = transcoded(Definition=100010, WatermarkSet=[given])["watermark"]

    assert watermark == {"file": {"key": "marks/sign.png"}, "opacity": 1, **found}


@pytest.mark.parametrize(
    ("element", "code", "path"),
    [
        (raw("avi"), "InvalidParameterValue.Container", "RawParameter.Container"),
        (video(Codec="h266"), "InvalidParameterValue.VideoCodec", "VideoTemplate.Codec"),
        (video(Bitrate=50), "InvalidParameterValue.VideoBitrate", "VideoTemplate.Bitrate"),
        (video(Bitrate=-1), "InvalidParameterValue.VideoBitrate", "VideoTemplate.Bitrate"),
        (video(Fps=500), "InvalidParameterValue.Fps", "VideoTemplate.Fps"),
        (video(Width=100), "InvalidParameterValue.Width", "VideoTemplate.Width"),
        (video(Height=5000), "InvalidParameterValue.Height", "VideoTemplate.Height"),
        (video(Width=480, Height=640), "InvalidParameterValue.Width", "VideoTemplate.Width"),
        (video(FillType="gauss", Width=640, Height=480), "InvalidParameterValue.FillType", "VideoTemplate.FillType"),
        (video(ResolutionAdaptive="maybe"), "InvalidParameterValue.ResolutionAdaptive", "ResolutionAdaptive"),
        (video(Gop=50), "InvalidParameterValue.Gop", "VideoTemplate.Gop"),
        (video(Mode="CBR", Bitrate=900), "InvalidParameterValue", "VideoTemplate.Mode"),
        (video(Vcrf=20, Bitrate=900), "UnsupportedOperation", "VideoTemplate.Vcrf"),
        (video(HlsTime=4), "InvalidParameterValue", "VideoTemplate.HlsTime"),
        (video(Bframes=2), "UnsupportedOperation", "VideoTemplate.Bframes"),
        (video(SegmentSpecificInfo={"Switch": "on"}), "UnsupportedOperation", "SegmentSpecificInfo"),
        (video("hls", Width=1280), "UnsupportedOperation", "VideoTemplate.Width"),
        (video("hls", Codec="vp9"), "InvalidParameterValue.VideoCodec", "VideoTemplate.Codec"),
        (audio(Codec="mp2"), "InvalidParameterValue.AudioCodec", "AudioTemplate.Codec"),
        (audio(Bitrate=1000), "InvalidParameterValue.AudioBitrate", "AudioTemplate.Bitrate"),
        (audio(AudioChannel=3), "InvalidParameterValue.AudioChannel", "AudioTemplate.AudioChannel"),
        (audio(TrackChannelInfo={"ChannelsRemix": 1}), "UnsupportedOperation", "AudioTemplate.TrackChannelInfo"),
        (raw(RemoveVideo=1), "InvalidParameterValue.RemoveVideo", "RemoveVideo"),
        (raw("mp3", RemoveAudio=1), "InvalidParameterValue.RemoveAudio", "RemoveAudio"),
        (raw(TEHDConfig={"Type": "TEHD-100"}), "UnsupportedOperation", "TEHDConfig"),
        (raw(VideoTemplate=None), "MissingParameter", "VideoTemplate"),
        (raw(Sparkle=1), "UnknownParameter", "RawParameter.Sparkle"),
        ({"Definition": 0}, "MissingParameter", "RawParameter"),
        ({}, "MissingParameter", "Definition"),
        ({"Definition": "ten"}, "InvalidParameter", "Definition"),
        ({"Definition": 100010, "RawParameter": raw()["RawParameter"]},
         "InvalidParameterValue.Definition", "RawParameter"),
        ({"Definition": 0, "OverrideParameter": {"Container": "mp4"}}, "InvalidParameterValue.Definition", "Override"),
        ({"Definition": 100010, "StartTimeOffset": -2, "EndTimeOffset": -5}, "InvalidParameterValue", "EndTimeOffset"),
        ({"Definition": 100010, "StartTimeOffset": 5, "EndTimeOffset": 2}, "InvalidParameterValue", "EndTimeOffset"),
        ({"Definition": 100210, "StartTimeOffset": 5}, "UnsupportedOperation", "StartTimeOffset"),
        ({"Definition": 100010, "WatermarkSet": [{"Definition": 1}]},
         "ResourceNotFound.TemplateNotExist", "WatermarkSet"),
        ({"Definition": 100210, "WatermarkSet": [sign()]}, "UnsupportedOperation", "WatermarkSet"),
        ({"Definition": 1100, "WatermarkSet": [sign()]}, "UnsupportedOperation", "WatermarkSet"),
        ({"Definition": 100010, "WatermarkSet": [{}]}, "MissingParameter", "RawParameter"),
        ({"Definition": 100010, "WatermarkSet": [sign(Type="text")]}, "InvalidParameterValue", "RawParameter.Type"),
        ({"Definition": 100010, "WatermarkSet": [sign(ImageTemplate=None)]}, "MissingParameter", "ImageTemplate"),
        ({"Definition": 100010, "WatermarkSet": [sign(XPos="5")]}, "InvalidParameterValue", "XPos"),
        ({"Definition": 100010, "WatermarkSet": [sign(YPos="101%")]}, "InvalidParameterValue", "YPos"),
        ({"Definition": 100010, "WatermarkSet": [sign(CoordinateOrigin="Middle")]},
         "InvalidParameterValue", "CoordinateOrigin"),
        ({"Definition": 100010, "WatermarkSet": [sign(picture={"Width": "0px"})]}, "InvalidParameterValue", "Width"),
        ({"Definition": 100010, "HeadTailParameter": {"HeadSet": [COS]}}, "UnsupportedOperation", "HeadTailParameter"),
    ],
)  # fmt: skip
def test_what_can_not_be_carried_out_is_refused_by_its_name(element: dict[str, Any], code: str, path: str) -> None:
    found, message = refused(element)

    assert found == code
    assert message.startswith("MediaProcessTask.TranscodeTaskSet.0") and path in message


@pytest.mark.parametrize("empty", [None, "", [], {}])
def test_what_is_left_empty_asks_for_nothing(empty: Any) -> None:
    assert transcoded(Definition=100010, WatermarkSet=empty, HeadTailParameter=empty, SegmentObjectName=empty)
    assert transcoded(**video(RawPts=0, NoScenecut="0", Sar="default", VideoLevel=empty))


# ── where things lie ──────────────────────────────────────────────────────────────────────────


def keys(name: str, element: dict[str, Any], *made: str, **members: Any) -> list[str]:
    (subtask,) = media(name, element, **members)
    assert subtask.output_path and path_mistake(subtask.output_path) is None
    found = [output_key(n, folder="t/1", tenant="acme", path=subtask.output_path) for n in made]
    return [key.removeprefix("outputs/at/acme/") for key in found]


@pytest.mark.parametrize(
    ("name", "element", "members", "made", "found"),
    [
        ("TranscodeTaskSet", {"Definition": 100010}, {}, ["video.mp4"], ["uploads/my film_transcode_100010.mp4"]),
        ("TranscodeTaskSet", {"Definition": 1010}, {"OutputDir": "/out/"}, ["audio.mp3"],
         ["out/my film_transcode_1010.mp3"]),
        ("TranscodeTaskSet", {"Definition": 1010}, {"OutputDir": "/"}, ["audio.mp3"], ["my film_transcode_1010.mp3"]),
        ("TranscodeTaskSet", {"Definition": 100210}, {}, ["master.m3u8", "v/1.m4s"],
         ["uploads/my film_transcode_100210/master.m3u8", "uploads/my film_transcode_100210/v/1.m4s"]),
        ("TranscodeTaskSet",
         {"Definition": 100010, "OutputObjectPath": "/a/{inputName}-{inputFormat}-{definition}.{format}"},
         {"OutputDir": "/out/"}, ["video.mp4"], ["a/my film-mov-100010.mp4"]),
        ("TranscodeTaskSet", {"Definition": 100010, "OutputObjectPath": "sub/x.{format}"}, {"OutputDir": "/out/"},
         ["video.mp4"], ["out/sub/x.mp4"]),
        ("SnapshotByTimeOffsetTaskSet", {"Definition": 10, "TimeOffsetSet": [1, 2]}, {},
         ["screenshot-001.jpg", "screenshot-002.jpg"],
         ["uploads/my film_snapshotByTimeOffset_10_0.jpg", "uploads/my film_snapshotByTimeOffset_10_1.jpg"]),
        ("SampleSnapshotTaskSet",
         {"Definition": 10, "OutputObjectPath": "s_{number}.{format}",
          "ObjectNumberFormat": {"InitialValue": 1, "Increment": "2", "MinLength": 3, "PlaceHolder": "x"}}, {},
         ["screenshot-001.jpg", "screenshot-002.jpg"], ["uploads/s_xx1.jpg", "uploads/s_xx3.jpg"]),
        ("ImageSpriteTaskSet", {"Definition": 10}, {}, ["sprite-001.jpg", "sprite.vtt"],
         ["uploads/my film_imageSprite_10/sprite-001.jpg", "uploads/my film_imageSprite_10/sprite.vtt"]),
        ("AdaptiveDynamicStreamingTaskSet", {"Definition": 10, "OutputObjectPath": "/live/{inputName}.{format}"}, {},
         ["master.m3u8"], ["live/my film/master.m3u8"]),
    ],
)  # fmt: skip
def test_outputs_lie_where_the_service_puts_them(
    name: str, element: dict[str, Any], members: dict[str, Any], made: list[str], found: list[str]
) -> None:
    assert keys(name, element, *made, **members) == found


def test_a_url_gives_the_name_of_its_file() -> None:
    source = {"Type": "URL", "UrlInputInfo": {"Url": "https://example.org/a/some%20clip.mp4?x=1"}}

    assert keys("TranscodeTaskSet", {"Definition": 100010}, "video.mp4", InputInfo=source) == [
        "some clip_transcode_100010.mp4"
    ]


@given(st.text(min_size=1, max_size=300).filter(lambda name: name.strip("/")))
def test_any_name_of_a_source_makes_a_good_path(name: str) -> None:
    source = {"Type": "COS", "CosInputInfo": {"Bucket": "media", "Region": "r", "Object": f"/{name}"}}
    (subtask,) = media("TranscodeTaskSet", {"Definition": 100010}, InputInfo=source, OutputDir="/out/")

    assert subtask.output_path and path_mistake(subtask.output_path) is None


def test_two_outputs_never_lie_in_one_place() -> None:
    element = {"Definition": 100010}

    code, message = refusal(MediaProcessTask={"TranscodeTaskSet": [element, element]})

    assert code == "InvalidParameterValue" and "TranscodeTaskSet.1.OutputObjectPath" in message


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"OutputDir": "out/"}, "InvalidParameterValue"),
        ({"OutputDir": "/out"}, "InvalidParameterValue"),
        ({"OutputStorage": {"Type": "COS", "CosOutputStorage": {"Bucket": "theirs"}}},
         "ResourceNotFound.CosBucketNotExist"),
        ({"OutputStorage": {"Type": "AWS-S3", "S3OutputStorage": {"S3Bucket": "x"}}},
         "ResourceNotFound.CosBucketNotExist"),
        ({"OutputStorage": {"Type": "AWS-S3"}}, "MissingParameter"),
        ({"OutputStorage": {"Type": "VOD"}}, "UnsupportedOperation"),
        ({"OutputStorage": {"Type": "FTP"}}, "InvalidParameterValue"),
        ({"InputInfo": {"Type": "VOD"}}, "UnsupportedOperation"),
        ({"InputInfo": {"Type": "TAPE"}}, "InvalidParameterValue.InputInfo"),
        ({"InputInfo": {"Type": "COS"}}, "MissingParameter"),
        ({"InputInfo": {"Type": "URL", "UrlInputInfo": {"Url": "ftp://x/y"}}}, "InvalidParameterValue.InputInfo"),
        ({"InputInfo": {"Type": "COS", "CosInputInfo": {"Bucket": "b", "Region": "r", "Object": "/"}}},
         "ResourceNotFound.CosBucketNotExist"),
        ({"InputInfo": {"Type": "COS", "CosInputInfo": {"Bucket": "media", "Region": "r", "Object": "/"}}},
         "InvalidParameterValue.InputInfo"),
    ],
)  # fmt: skip
def test_places_that_are_not_ours_are_refused(members: dict[str, Any], code: str) -> None:
    assert refusal(MediaProcessTask={"TranscodeTaskSet": [{"Definition": 100010}]}, **members)[0] == code


def test_the_storage_that_was_asked_for_may_be_named_by_either_of_our_buckets() -> None:
    for bucket in ("media", "outputs"):
        storage = {"Type": "AWS-S3", "S3OutputStorage": {"S3Bucket": bucket, "S3Region": "r", "S3SecretKey": "s"}}
        (subtask,) = media("TranscodeTaskSet", {"Definition": 100010}, OutputStorage=storage)

        assert subtask.client and subtask.client["storage"] == "AWS-S3"


# ── the whole ─────────────────────────────────────────────────────────────────────────────────

WORK: dict[str, Any] = {"MediaProcessTask": {"TranscodeTaskSet": [{"Definition": 100010}]}}


def test_a_request_that_asks_for_nothing_is_refused() -> None:
    assert refusal()[0] == "MissingParameter"
    assert refusal(MediaProcessTask={})[0] == "MissingParameter"
    assert refusal(MediaProcessTask={"TranscodeTaskSet": []})[0] == "MissingParameter"


def test_priority_and_what_is_to_be_said_again_go_with_the_task() -> None:
    request = asked(**WORK, TasksPriority="7", SessionId="s", SessionContext="c")

    assert (request.priority, request.tenant, request.dialect) == (7, "acme", "tencent")
    assert request.client and (request.client["session_id"], request.client["session_context"]) == ("s", "c")


def test_a_callback_is_asked_for_by_url_alone() -> None:
    config = {"NotifyType": "URL", "NotifyUrl": "https://example.org/hook", "NotifyMode": "Change", "NotifyKey": "k"}
    notify = asked(**WORK, TaskNotifyConfig=config).notify

    assert notify and (notify.url, notify.dialect, notify.change, notify.secret) == (
        "https://example.org/hook", "tencent", True, "k",
    )  # fmt: skip
    assert asked(**WORK, TaskNotifyConfig={}).notify is None


@pytest.mark.parametrize(
    ("config", "code"),
    [
        ({"NotifyType": "TDMQ-CMQ", "QueueName": "q"}, "UnsupportedOperation"),
        ({"NotifyType": "CMQ"}, "UnsupportedOperation"),
        ({"NotifyType": "SCF"}, "UnsupportedOperation"),
        ({"NotifyType": "AWS-SQS"}, "UnsupportedOperation"),
        ({"NotifyUrl": "https://example.org"}, "UnsupportedOperation"),
        ({"NotifyType": "URL"}, "MissingParameter"),
        ({"NotifyType": "URL", "NotifyUrl": "ftp://x"}, "InvalidParameterValue"),
        ({"NotifyType": "URL", "NotifyUrl": "https://x.org", "NotifyMode": "Often"}, "InvalidParameterValue"),
    ],
)
def test_other_ways_of_telling_are_refused_by_name(config: dict[str, Any], code: str) -> None:
    assert refusal(**WORK, TaskNotifyConfig=config)[0] == code


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"SessionId": "x" * 51}, "InvalidParameterValue.SessionIdTooLong"),
        ({"SessionContext": "x" * 1001}, "InvalidParameterValue.SessionContextTooLong"),
        ({"TasksPriority": 11}, "InvalidParameterValue"),
        ({"ScheduleId": 12}, "UnsupportedOperation"),
        ({"Activities": [{"ActivityType": "input"}]}, "UnsupportedOperation"),
        ({"TaskType": "Offline"}, "InvalidParameterValue"),
        ({"AiQualityControlTask": {"Definition": 10}}, "UnsupportedOperation"),
        ({"SmartSubtitlesTask": {"Definition": 10}}, "UnsupportedOperation"),
        ({"SmartEraseTask": {"Definition": 10}}, "UnsupportedOperation"),
        ({"AIDubbingTask": {"Definition": 10}}, "UnsupportedOperation"),
        ({"InputInfo": None}, "InvalidParameter"),
        ({"Wish": 1}, "UnknownParameter"),
    ],
)
def test_what_the_whole_can_not_have_is_refused(members: dict[str, Any], code: str) -> None:
    assert refusal(**{**WORK, **members})[0] == code


def test_secrets_of_others_are_not_kept() -> None:
    place = {"S3Bucket": "media", "S3Region": "r", "S3Object": "a.mp4", "S3SecretId": "i", "S3SecretKey": "geheim"}
    source = {"Type": "AWS-S3", "S3InputInfo": place}
    config = {"NotifyType": "URL", "NotifyUrl": "https://example.org", "NotifyKey": "geheim"}
    request = asked(**WORK | {"InputInfo": source, "TaskNotifyConfig": config})

    assert "geheim" not in str(request.client) + str([subtask.client for subtask in request.subtasks])


# ── pictures ──────────────────────────────────────────────────────────────────────────────────


def image(**members: Any) -> SubtaskRequest:
    given = {"InputInfo": COS, "ImageTask": {}, **members}
    (subtask,) = translate.process_image(m.parsed(m.ProcessImage, given), PLACES, "acme").subtasks
    return subtask


def resized(**members: Any) -> dict[str, Any]:
    subtask = image(ImageTask={"TransformConfig": {"ImageResize": members}})
    validated_options("image", subtask.options)
    return subtask.options


def test_a_picture_is_converted_under_its_own_name() -> None:
    subtask = image(ImageTask={"EncodeConfig": {"Format": "WebP", "Quality": "80"}}, OutputDir="/out/")

    assert (subtask.kind, subtask.options) == ("image", {"format": "webp", "quality": 80})
    assert subtask.output_path == "out/my film.{format}"


@pytest.mark.parametrize(
    ("members", "options"),
    [
        ({"Mode": "lfit", "Width": 100, "Height": 50}, {"width": 100, "height": 50, "fit": "contain"}),
        ({"Mode": "fill", "Width": 100, "Height": 50}, {"width": 100, "height": 50, "fit": "cover"}),
        ({"Mode": "pad", "Width": 100, "Height": 50}, {"width": 100, "height": 50, "fit": "pad"}),
        ({"Mode": "fixed", "Width": 100, "Height": 50}, {"width": 100, "height": 50, "fit": "fill"}),
        ({"Mode": "lfit", "Width": 100}, {"width": 100, "fit": "contain"}),
        ({"Mode": "lfit", "LongSide": 100}, {"width": 100, "height": 100}),
        ({"Switch": "OFF", "Mode": "mfit"}, {}),
        ({}, {}),
    ],
)
def test_a_picture_is_resized(members: dict[str, Any], options: dict[str, Any]) -> None:
    assert resized(**members) == options


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"ImageTask": {"EncodeConfig": {"Format": "BMP"}}}, "UnsupportedOperation"),
        ({"ImageTask": {"TransformConfig": {"ImageResize": {"Mode": "mfit", "Width": 9}}}}, "UnsupportedOperation"),
        ({"ImageTask": {"TransformConfig": {"ImageResize": {"Percent": 0.5}}}}, "UnsupportedOperation"),
        ({"ImageTask": {"TransformConfig": {"ImageResize": {"Mode": "lfit", "ShortSide": 9}}}}, "UnsupportedOperation"),
        ({"ImageTask": {"EnhanceConfig": {"ImageQualityEnhance": {}}}}, "UnsupportedOperation"),
        ({"ImageTask": {"EncodeConfig": {"Quality": 0}}}, "InvalidParameterValue.Quality"),
        ({"Definition": 5}, "ResourceNotFound.TemplateNotExist"),
        ({"ImageTask": None}, "MissingParameter"),
        ({"AddOnParameter": {"ImageSet": []}}, "UnsupportedOperation"),
    ],
)
def test_what_can_not_be_done_to_a_picture_is_refused(members: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as found:
        image(**members)

    assert found.value.code == code
