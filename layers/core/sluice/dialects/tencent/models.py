"""The requests of MPS 2019-06-12, checked: each member that the SDK knows either has a type here or is refused by name.

A member of type `Refused` may be absent or empty; one of type `Off` may also say in so many words that it isn't wanted
(0, false). What the SDK doesn't know either is an `UnknownParameter`. Numbers may come as text: clients send them so.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from sluice.dialects.tencent.errors import Refusal
from sluice.paths import field_path

_UNSUPPORTED = "unsupported"


def _refused(value: Any) -> Any:
    if value in (None, "", [], {}):
        return None
    raise PydanticCustomError(_UNSUPPORTED, "it is not supported")


def _given(value: Any) -> Any:
    """Templates are sent with the blanks in them."""
    return value or None


def _off(value: Any) -> Any:
    return None if value in (0, "0", 0.0, "False", "false", "default", "OFF") else _refused(value)


Refused = Annotated[Any, AfterValidator(_refused)]
Off = Annotated[Any, AfterValidator(_off)]
OnOff = Literal[0, 1] | None
Kilobits = Annotated[int, Field(ge=0)]


class Parameter(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @property
    def echo(self) -> dict[str, Any]:
        """As it was given, for an answer to say again; what was left out is left out, and secrets are."""
        plain: dict[str, Any] = without_secrets(self.model_dump(mode="json", exclude_none=True))
        return plain


_SECRETS = {"S3SecretId", "S3SecretKey", "NotifyKey"}


def without_secrets(plain: Any) -> Any:
    if isinstance(plain, Mapping):
        return {name: without_secrets(value) for name, value in plain.items() if name not in _SECRETS}
    return [without_secrets(value) for value in plain] if isinstance(plain, list) else plain


# ── where things lie ──────────────────────────────────────────────────────────────────────────

BucketName = Annotated[str, Field(min_length=1, max_length=100)]
RegionName = Annotated[str, Field(max_length=50)]
PathText = Annotated[str, Field(max_length=500)]


class CosInput(Parameter):
    Bucket: BucketName
    Region: RegionName | None = None
    Object: Annotated[str, Field(min_length=1, max_length=1025)]


class UrlInput(Parameter):
    Url: Annotated[str, Field(min_length=1, max_length=2048)]


class S3Input(Parameter):
    S3Bucket: BucketName
    S3Region: RegionName | None = None
    S3Object: Annotated[str, Field(min_length=1, max_length=1025)]
    S3SecretId: str | None = Field(None, max_length=200)
    S3SecretKey: str | None = Field(None, max_length=200)


class MediaInput(Parameter):
    Type: str
    CosInputInfo: CosInput | None = None
    UrlInputInfo: UrlInput | None = None
    S3InputInfo: S3Input | None = None
    VODInputInfo: Refused = None


class CosStorage(Parameter):
    Bucket: BucketName | None = None
    Region: RegionName | None = None


class S3Storage(Parameter):
    S3Bucket: BucketName
    S3Region: RegionName | None = None
    S3SecretId: str | None = Field(None, max_length=200)
    S3SecretKey: str | None = Field(None, max_length=200)


class Storage(Parameter):
    Type: str
    CosOutputStorage: CosStorage | None = None
    S3OutputStorage: S3Storage | None = None
    VODOutputStorage: Refused = None


class Numbers(Parameter):
    """How `{number}` is written: from where, by which step, how long, and filled up with what."""

    InitialValue: int | None = Field(None, ge=0, le=1_000_000)
    Increment: int | None = Field(None, ge=1, le=1_000_000)
    MinLength: int | None = Field(None, ge=1, le=20)
    PlaceHolder: str | None = Field(None, pattern=r"^[0-9A-Za-z_-]$")


# ── transcoding ───────────────────────────────────────────────────────────────────────────────


class Video(Parameter):
    Codec: str | None = None
    Fps: int | None = Field(None, ge=0, le=240_000)
    FpsDenominator: int | None = Field(None, ge=1, le=10_000)
    Bitrate: Kilobits | None = None
    ResolutionAdaptive: Literal["open", "close"] | None = None
    Width: int | None = None
    Height: int | None = None
    Gop: int | None = Field(None, ge=0, le=100_000)
    GopUnit: Literal["frame", "second"] | None = None
    FillType: str | None = None
    Vcrf: int | None = Field(None, ge=0, le=51)
    Mode: str | None = None
    BitDepth: Literal[8, 10] | None = None
    HlsTime: float | None = Field(None, gt=0, le=10)
    SegmentType: int | None = None
    Bframes: Refused = None
    VideoProfile: Off = None
    VideoLevel: Refused = None
    Sar: Off = None
    NoScenecut: Off = None
    RawPts: Off = None
    Compress: Refused = None
    SegmentSpecificInfo: Refused = None
    ScenarioBased: Off = None
    SceneType: Refused = None
    CompressType: Refused = None
    Stereo3dType: Refused = None
    ContentAdaptStream: Off = None


class Audio(Parameter):
    Codec: str | None = None
    Bitrate: Kilobits | None = None
    SampleRate: int | None = Field(None, ge=0, le=192_000)
    AudioChannel: Literal[0, 1, 2, 6] | None = None
    TrackChannelInfo: Refused = None
    AudioLanguage: Refused = None
    AudioName: Refused = None
    DefaultTrack: Off = None
    StreamSelects: Refused = None


class TranscodeParameter(Parameter):
    """RawParameter and OverrideParameter: the same members, of which the first needs some."""

    Container: str | None = None
    RemoveVideo: OnOff = None
    RemoveAudio: OnOff = None
    VideoTemplate: Video | None = None
    AudioTemplate: Audio | None = None
    TEHDConfig: Refused = None
    StdExtInfo: Refused = None
    EnhanceConfig: Refused = None
    SubtitleTemplate: Refused = None
    AddonAudioStream: Refused = None
    AddOnSubtitles: Refused = None


class Element(Parameter):
    """What all tasks of a set have."""

    Definition: int | None = Field(None, ge=0)
    OutputStorage: Storage | None = None
    OutputObjectPath: PathText | None = None


LengthText = Annotated[str, Field(max_length=20)]


class WatermarkPicture(Parameter):
    ImageContent: MediaInput
    Width: LengthText | None = None
    Height: LengthText | None = None
    RepeatType: Refused = None


class RawWatermark(Parameter):
    Type: str
    CoordinateOrigin: str | None = None
    XPos: LengthText | None = None
    YPos: LengthText | None = None
    ImageTemplate: WatermarkPicture | None = None


class Watermark(Parameter):
    Definition: int | None = Field(None, ge=0)
    RawParameter: RawWatermark | None = None
    TextContent: Refused = None
    SvgContent: Refused = None
    StartTimeOffset: Off = None
    EndTimeOffset: Off = None


class TranscodeTask(Element):
    RawParameter: TranscodeParameter | None = None
    OverrideParameter: TranscodeParameter | None = None
    StartTimeOffset: float | None = None
    EndTimeOffset: float | None = None
    WatermarkSet: Annotated[list[Watermark] | None, BeforeValidator(_given)] = None
    BlindWatermark: Refused = None
    MosaicSet: Refused = None
    SegmentObjectName: Refused = None
    ObjectNumberFormat: Refused = None
    HeadTailParameter: Refused = None


class AnimatedGraphicTask(Element):
    StartTimeOffset: float
    EndTimeOffset: float
    ExtInfo: Refused = None


class _Stills(Element):
    WatermarkSet: Refused = None
    ObjectNumberFormat: Numbers | None = None
    ExtInfo: Refused = None


class SnapshotByTimeOffsetTask(_Stills):
    ExtTimeOffsetSet: list[str] | None = Field(None, max_length=199)
    TimeOffsetSet: list[float] | None = Field(None, max_length=199)


class SampleSnapshotTask(_Stills):
    pass


class ImageSpriteTask(Element):
    WebVttObjectName: Refused = None
    ObjectNumberFormat: Refused = None
    ExtInfo: Refused = None


class AdaptiveDynamicStreamingTask(Element):
    DefinitionType: Literal["Common"] | None = None
    WatermarkSet: Refused = None
    BlindWatermark: Refused = None
    SubStreamObjectName: Refused = None
    SegmentObjectName: Refused = None
    AddOnSubtitles: Refused = None
    DrmInfo: Refused = None
    SubtitleTemplate: Refused = None
    StdExtInfo: Refused = None
    KeyPTSList: Refused = None
    AddOnAudios: Refused = None
    StdExtStreamInfos: Refused = None


class MediaTasks(Parameter):
    TranscodeTaskSet: list[TranscodeTask] | None = None
    AnimatedGraphicTaskSet: list[AnimatedGraphicTask] | None = None
    SnapshotByTimeOffsetTaskSet: list[SnapshotByTimeOffsetTask] | None = None
    SampleSnapshotTaskSet: list[SampleSnapshotTask] | None = None
    ImageSpriteTaskSet: list[ImageSpriteTask] | None = None
    AdaptiveDynamicStreamingTaskSet: list[AdaptiveDynamicStreamingTask] | None = None


# ── what is looked at ─────────────────────────────────────────────────────────────────────────


class Review(Parameter):
    Definition: int


class Analysis(Parameter):
    Definition: int
    ExtendedParameter: Refused = None


class Recognition(Parameter):
    Definition: int
    UserExtPara: Refused = None


# ── the actions ───────────────────────────────────────────────────────────────────────────────


class NotifyConfig(Parameter):
    NotifyType: str | None = None
    NotifyMode: str | None = None
    NotifyUrl: str | None = Field(None, max_length=2048)
    NotifyKey: str | None = Field(None, max_length=200)
    CmqModel: Refused = None
    CmqRegion: Refused = None
    TopicName: Refused = None
    QueueName: Refused = None
    AwsSQS: Refused = None


class ProcessMedia(Parameter):
    InputInfo: MediaInput
    OutputStorage: Storage | None = None
    OutputDir: PathText | None = None
    MediaProcessTask: MediaTasks | None = None
    AiContentReviewTask: Review | None = None
    AiAnalysisTask: Analysis | None = None
    AiRecognitionTask: Recognition | None = None
    AiQualityControlTask: Refused = None
    SmartSubtitlesTask: Refused = None
    SmartEraseTask: Refused = None
    AIDubbingTask: Refused = None
    TaskNotifyConfig: NotifyConfig | None = None
    TasksPriority: int | None = Field(None, ge=-10, le=10)
    SessionId: str | None = None
    SessionContext: str | None = None
    TaskType: Literal["Online"] | None = None
    SkipMateData: OnOff = None
    ScheduleId: Off = None
    Activities: Refused = None
    ResourceId: Refused = None


class ImageEncoding(Parameter):
    Format: str | None = None
    Quality: int | None = Field(None, ge=1, le=100)


class Resize(Parameter):
    Switch: Literal["ON", "OFF"] | None = None
    Mode: str | None = None
    Percent: float | None = None
    Width: int | None = Field(None, ge=1, le=16_383)
    Height: int | None = Field(None, ge=1, le=16_383)
    LongSide: int | None = Field(None, ge=1, le=16_383)
    ShortSide: Refused = None


class ImageTransform(Parameter):
    ImageResize: Resize | None = None


class ImageWork(Parameter):
    EncodeConfig: ImageEncoding | None = None
    TransformConfig: ImageTransform | None = None
    EnhanceConfig: Refused = None
    EraseConfig: Refused = None
    BlindWatermarkConfig: Refused = None
    BeautyConfig: Refused = None
    AiTryOnConfig: Refused = None
    AiPosterSuiteConfig: Refused = None
    CreateImageConfig: Refused = None
    AiCutoutConfig: Refused = None
    AiExpansionConfig: Refused = None
    AiStoryboardConfig: Refused = None
    UnderstandImageConfig: Refused = None
    ImageQualityConfig: Refused = None
    AiComposeConfig: Refused = None
    AiDecomposeConfig: Refused = None


class ProcessImage(Parameter):
    InputInfo: MediaInput
    OutputStorage: Storage | None = None
    OutputDir: PathText | None = None
    OutputPath: PathText | None = None
    Definition: int | None = None
    ImageTask: ImageWork | None = None
    ResourceId: Refused = None
    ScheduleId: Off = None
    AddOnParameter: Refused = None
    StdExtInfo: Refused = None


class DescribeTasks(Parameter):
    Status: Literal["WAITING", "PROCESSING", "FINISH"]
    SubTaskHasFailed: bool | None = None
    Limit: int = 10
    ScrollToken: str | None = Field(None, max_length=1000)
    StartTime: str | None = Field(None, max_length=50)
    EndTime: str | None = Field(None, max_length=50)


class OneTask(Parameter):
    TaskId: str = Field(max_length=200)


class ManageTask(OneTask):
    OperationType: str


# ── what is wrong with them ───────────────────────────────────────────────────────────────────

# What the service calls a bad value of these, where that isn't simply the member's name.
_SUFFIXES = {
    ("VideoTemplate", "Codec"): "VideoCodec",
    ("VideoTemplate", "Bitrate"): "VideoBitrate",
    ("AudioTemplate", "Codec"): "AudioCodec",
    ("AudioTemplate", "Bitrate"): "AudioBitrate",
    ("AudioTemplate", "SampleRate"): "AudioSampleRate",
}
_NAMED = frozenset({
    "AudioChannel", "Container", "Definition", "FillType", "Fps", "Format", "Gop", "Height", "InputInfo", "Limit",
    "Quality", "RemoveAudio", "RemoveVideo", "ResolutionAdaptive", "TaskId", "Width",
})  # fmt: skip
_OF_TYPE = ("_type", "_parsing", "_from_float", "_unicode", "_parsing_size")

Model = TypeVar("Model", bound=Parameter)


def parsed(model: type[Model], given: Any) -> Model:
    """The checked request.

    Raises: Refusal in the service's own codes, naming the first bad parameter.
    """
    try:
        return model.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        path = field_path(first["loc"], given)
        raise Refusal(_code(first["type"], path), f"{path or 'The request'}: {first['msg']}.") from error


def _code(kind: str, path: str) -> str:
    """Missing, unknown, not supported, of the wrong type, or a value that can't be."""
    plain = {"missing": "MissingParameter", "extra_forbidden": "UnknownParameter", _UNSUPPORTED: "UnsupportedOperation"}
    if kind in plain:
        return plain[kind]
    if kind.endswith(_OF_TYPE):
        return "InvalidParameter"
    suffix = suffix_of(path)
    return f"InvalidParameterValue.{suffix}" if suffix else "InvalidParameterValue"


def suffix_of(path: str) -> str:
    """The part of the code after `InvalidParameterValue.`, or nothing where the service has no name for it."""
    parts = path.split(".")
    name = parts[-1] if parts else ""
    return _SUFFIXES.get((parts[-2] if len(parts) > 1 else "", name), name if name in _NAMED else "")
