"""What of MPS is carried out: rows of docs/dialects.md. An example is some of an action's parameters."""

from typing import Any

from sluice.dialects.features import Feature


def _media(name: str, supported: bool, note: str, **members: Any) -> Feature:
    """A parameter of ProcessMedia, beside some work."""
    return Feature(name, supported, note, {"ProcessMedia": members})


def _task(name: str, supported: bool, note: str, set_: str, **members: Any) -> Feature:
    """A parameter of one element of a set of tasks."""
    return Feature(name, supported, note, {"ProcessMedia": {"MediaProcessTask": {set_: [members]}}})


def _transcode(name: str, supported: bool, note: str, **members: Any) -> Feature:
    return _task(f"TranscodeTask.{name}", supported, note, "TranscodeTaskSet", **{"Definition": 100010, **members})


def _override(name: str, supported: bool, note: str, definition: int = 100010, **members: Any) -> Feature:
    given = {"Definition": definition, "OverrideParameter": members}
    return _task(f"{name}", supported, note, "TranscodeTaskSet", **given)


def _video(name: str, supported: bool, note: str, definition: int = 100010, **members: Any) -> Feature:
    return _override(f"VideoTemplate.{name}", supported, note, definition, VideoTemplate=members)


def _audio(name: str, supported: bool, note: str, **members: Any) -> Feature:
    return _override(f"AudioTemplate.{name}", supported, note, AudioTemplate=members)


def _image(name: str, supported: bool, note: str, **members: Any) -> Feature:
    return Feature(name, supported, note, {"ProcessImage": members})


def _image_task(name: str, supported: bool, note: str, **members: Any) -> Feature:
    return _image(f"ImageTask.{name}", supported, note, ImageTask=members)


def _resize(name: str, supported: bool, note: str, **members: Any) -> Feature:
    return _image_task(f"ImageResize.{name}", supported, note, TransformConfig={"ImageResize": members})


_NOT_OURS = "not made here"
_COS = {"Bucket": "media", "Region": "us-east-1", "Object": "/a.mp4"}
_URL = {"Type": "URL", "UrlInputInfo": {"Url": "https://example.org/a.mp4"}}
_S3 = {"S3Bucket": "media", "S3Region": "us-east-1", "S3Object": "/a.mp4", "S3SecretId": "i", "S3SecretKey": "k"}
_STORE = {"Type": "COS", "CosOutputStorage": {"Bucket": "outputs", "Region": "us-east-1"}}
_HOOK = {"NotifyType": "URL", "NotifyUrl": "https://example.org/hook"}
_SIGN_PICTURE = {"ImageContent": {"Type": "COS", "CosInputInfo": _COS}, "Width": "12.5%", "Height": "0px"}
_SIGN = {
    "Type": "image",
    "CoordinateOrigin": "TopRight",
    "XPos": "5%",
    "YPos": "40px",
    "ImageTemplate": _SIGN_PICTURE,
}
_RAW = {
    "Container": "mp4",
    "VideoTemplate": {"Codec": "h264", "Fps": 0, "Bitrate": 1000},
    "AudioTemplate": {"Codec": "aac", "Bitrate": 128, "SampleRate": 44100},
}

_WHOLE = (
    _media("InputInfo COS", True, "of the media bucket, which stands for COS",
           InputInfo={"Type": "COS", "CosInputInfo": _COS}),
    _media("InputInfo URL", True, "fetched", InputInfo=_URL),
    _media("InputInfo AWS-S3", True, "of the media bucket; S3SecretId and S3SecretKey aren't needed, and not kept",
           InputInfo={"Type": "AWS-S3", "S3InputInfo": _S3}),
    _media("InputInfo VOD", False, _NOT_OURS, InputInfo={"Type": "VOD"}),
    _media("OutputStorage", True, "the output bucket; called by the media bucket's name, it is told by its own",
           OutputStorage=_STORE),
    _media("OutputStorage VOD", False, _NOT_OURS, OutputStorage={"Type": "VOD"}),
    _media("OutputDir", True, "below `outputs/at/<tenant>/`; answers tell the real path", OutputDir="/out/"),
    _media("TaskNotifyConfig URL", True, "NotifyMode Finish and Change; NotifyKey signs", TaskNotifyConfig=_HOOK),
    _media("TaskNotifyConfig.NotifyType TDMQ-CMQ", False, "URL only",
           TaskNotifyConfig={"NotifyType": "TDMQ-CMQ"}),
    _media("TaskNotifyConfig.NotifyType CMQ", False, "URL only", TaskNotifyConfig={"NotifyType": "CMQ"}),
    _media("TaskNotifyConfig.NotifyType SCF", False, "URL only", TaskNotifyConfig={"NotifyType": "SCF"}),
    _media("TaskNotifyConfig.NotifyType AWS-SQS", False, "URL only", TaskNotifyConfig={"NotifyType": "AWS-SQS"}),
    _media("TaskNotifyConfig.CmqModel", False, "URL only", TaskNotifyConfig={**_HOOK, "CmqModel": "Queue"}),
    _media("TaskNotifyConfig.CmqRegion", False, "URL only", TaskNotifyConfig={**_HOOK, "CmqRegion": "gz"}),
    _media("TaskNotifyConfig.TopicName", False, "URL only", TaskNotifyConfig={**_HOOK, "TopicName": "t"}),
    _media("TaskNotifyConfig.QueueName", False, "URL only", TaskNotifyConfig={**_HOOK, "QueueName": "q"}),
    _media("TaskNotifyConfig.AwsSQS", False, "URL only", TaskNotifyConfig={**_HOOK, "AwsSQS": {"SQSQueueName": "q"}}),
    _media("TasksPriority", True, "orders a tenant's waiting tasks", TasksPriority=5),
    _media("SessionId", True, "a second request with it is an error for as long as the task is kept", SessionId="s"),
    _media("SessionContext", True, "said again", SessionContext="c"),
    _media("SkipMateData", True, "MetaData isn't told then", SkipMateData=1),
    _media("TaskType Online", True, "", TaskType="Online"),
    _media("TaskType Offline", False, "there is one queue; use TasksPriority", TaskType="Offline"),
    _media("ScheduleId", False, "no schedules in this dialect", ScheduleId=1),
    _media("Activities", False, "no schedules in this dialect", Activities=[{"ActivityType": "input"}]),
    _media("ResourceId", False, _NOT_OURS, ResourceId="r"),
    _media("AiContentReviewTask", True, "Definition 10: kind `moderation`, as Porn, Terrorism, Prohibited.Asr and .Ocr",
           AiContentReviewTask={"Definition": 10}),
    _media("AiAnalysisTask", True, "Definition 10: kind `discovery`, as Tag, FrameTag, Cover and Highlight",
           AiAnalysisTask={"Definition": 10}),
    _media("AiAnalysisTask.ExtendedParameter", False, _NOT_OURS,
           AiAnalysisTask={"Definition": 10, "ExtendedParameter": '{"a": 1}'}),
    _media("AiRecognitionTask", True,
           "Definition 10: kinds `subtitles` and `discovery`, as AsrFullText, OcrFullText, Face and Object",
           AiRecognitionTask={"Definition": 10}),
    _media("AiRecognitionTask.UserExtPara", False, _NOT_OURS, AiRecognitionTask={"Definition": 10, "UserExtPara": "x"}),
    _media("AiQualityControlTask", False, "not without a source to compare", AiQualityControlTask={"Definition": 1}),
    _media("SmartSubtitlesTask", False, "AiRecognitionTask makes subtitles", SmartSubtitlesTask={"Definition": 1}),
    _media("SmartEraseTask", False, _NOT_OURS, SmartEraseTask={"Definition": 1}),
    _media("AIDubbingTask", False, _NOT_OURS, AIDubbingTask={"Definition": 1}),
)  # fmt: skip

_TRANSCODE = (
    _task("TranscodeTaskSet", True, "kinds `video`, `audio`, and `adaptive` for HLS", "TranscodeTaskSet",
          Definition=100010),
    _transcode("Definition", True,
               "MP4 100010 … 100040, 100070, 100080; HLS 100210 … 100280; M4A 1100 … 1140; MP3 1010, 1020"),
    _transcode("RawParameter", True, "with Definition 0", Definition=0, RawParameter=_RAW),
    _transcode("OverrideParameter", True, "laid upon the template, member by member",
               OverrideParameter={"VideoTemplate": {"Bitrate": 800}}),
    _transcode("OutputStorage", True, "as above, for one output", OutputStorage=_STORE),
    _transcode("OutputObjectPath", True,
               "{inputName} {inputFormat} {definition} {format}; of HLS the folder that holds its files",
               OutputObjectPath="/films/{inputName}_{definition}.{format}"),
    _transcode("StartTimeOffset", True, "of files, not of HLS", StartTimeOffset=1.5),
    _transcode("StartTimeOffset < 0", True, "from the end; of files, not of HLS", StartTimeOffset=-5),
    _transcode("EndTimeOffset", True, "of files, not of HLS", EndTimeOffset=3.5),
    _transcode("EndTimeOffset < 0", True, "from the end; of files, not of HLS", EndTimeOffset=-5),
    _transcode("WatermarkSet", True, "one picture by RawParameter, of files, from the media bucket",
               WatermarkSet=[{"Definition": 0, "RawParameter": _SIGN}]),
    _transcode("WatermarkSet.Definition", False, "no templates; RawParameter", WatermarkSet=[{"Definition": 1}]),
    _transcode("WatermarkSet of two", False, "one", WatermarkSet=[{"RawParameter": _SIGN}, {"RawParameter": _SIGN}]),
    _transcode("WatermarkSet from a URL", False, "from the media bucket",
               WatermarkSet=[{"RawParameter": {**_SIGN, "ImageTemplate": {"ImageContent": _URL}}}]),
    _transcode("WatermarkSet.TextContent", False, "text comes with templates only; the native API has it",
               WatermarkSet=[{"RawParameter": _SIGN, "TextContent": "x"}]),
    _transcode("WatermarkSet.SvgContent", False, "PNG, JPEG, WebP",
               WatermarkSet=[{"RawParameter": _SIGN, "SvgContent": "<svg/>"}]),
    _transcode("WatermarkSet.StartTimeOffset", False, "through the whole film",
               WatermarkSet=[{"RawParameter": _SIGN, "StartTimeOffset": 2}]),
    _transcode("WatermarkSet.EndTimeOffset", False, "through the whole film",
               WatermarkSet=[{"RawParameter": _SIGN, "EndTimeOffset": 2}]),
    _transcode("WatermarkSet.RawParameter.ImageTemplate.RepeatType", False, "a still picture",
               WatermarkSet=[{"RawParameter": {**_SIGN, "ImageTemplate": {**_SIGN_PICTURE, "RepeatType": "once"}}}]),
    _transcode("BlindWatermark", False, _NOT_OURS, BlindWatermark={"Definition": 1}),
    _transcode("MosaicSet", False, _NOT_OURS, MosaicSet=[{"Width": "10%"}]),
    _transcode("SegmentObjectName", False, "segments have names of their own", SegmentObjectName="s.{format}"),
    _transcode("ObjectNumberFormat", False, "segments have names of their own", ObjectNumberFormat={"MinLength": 3}),
    _transcode("HeadTailParameter", False, _NOT_OURS, HeadTailParameter={"HeadSet": [_URL]}),
    _override("Container", True, "mp4, flv, hls, mp3, flac, ogg (Vorbis), m4a", Container="flv"),
    _override("RemoveVideo", True, "of sound files", 1010, RemoveVideo=1),
    _override("RemoveAudio", True, "of mp4 and flv", RemoveAudio=1),
    _override("TEHDConfig", False, _NOT_OURS, TEHDConfig={"Type": "TEHD-100"}),
    _override("StdExtInfo", False, _NOT_OURS, StdExtInfo="{}"),
    _override("EnhanceConfig", False, "the native API has enhancement", EnhanceConfig={"VideoEnhance": {"a": 1}}),
    _override("SubtitleTemplate", False, "the native API burns subtitles in", SubtitleTemplate={"StreamIndex": 0}),
    _override("AddonAudioStream", False, _NOT_OURS, AddonAudioStream=[_URL]),
    _override("AddOnSubtitles", False, _NOT_OURS, AddOnSubtitles=[{"Type": "close"}]),
)  # fmt: skip

_VIDEO = (
    _video("Codec", True, "h264, h265, av1, vp9 as far as the container holds them", Codec="h265"),
    _video("Fps", True, "0 for the source's; of files", Fps=25),
    _video("FpsDenominator", True, "of files", Fps=30000, FpsDenominator=1001),
    _video("Bitrate", True, "on average; 0 is constant quality, near the source's", Bitrate=900),
    _video("Width", True, "of files, larger than the source as well", Width=1280, Height=720),
    _video("Height", True, "of HLS the short side, never larger than the source's", Height=480),
    _video("ResolutionAdaptive", True, "of HLS `open` only", ResolutionAdaptive="close", Width=640, Height=360),
    _video("FillType", True, "black and stretch; of files", FillType="stretch", Width=640, Height=360),
    _video("FillType gauss", False, "bars are black", FillType="gauss", Width=640, Height=360),
    _video("Gop", True, "in frames beside Fps; of files", Gop=50, Fps=25),
    _video("GopUnit", True, "frame or second; of files", Gop=2, GopUnit="second"),
    _video("Vcrf", True, "1 to 51 with a Bitrate of 0; of files", Vcrf=28, Bitrate=0),
    _video("Mode", True, "VBR, ABR, VCRF", Mode="ABR"),
    _video("Mode CBR", False, "VBR, ABR, VCRF", Mode="CBR"),
    _video("BitDepth", True, "10 with h265, av1, vp9; of files", Codec="h265", BitDepth=10),
    _video("HlsTime", True, "1 to 10 s", 100210, HlsTime=4),
    _video("SegmentType", True, "7: MP4 segments, which are what is made when it is left out", 100210, SegmentType=7),
    _video("SegmentType 0", False, "no MPEG-TS", 100210, SegmentType=0),
    _video("Bframes", False, "left to the encoder", Bframes=3),
    _video("VideoProfile", False, "left to the encoder, unless it is `default`", VideoProfile="main"),
    _video("VideoLevel", False, "left to the encoder", VideoLevel="4.1"),
    _video("Sar", False, "pixels are square, unless it is `default`", Sar="2:1"),
    _video("NoScenecut", False, "left to the encoder", NoScenecut=1),
    _video("RawPts", False, _NOT_OURS, RawPts=1),
    _video("Compress", False, _NOT_OURS, Compress=50),
    _video("SegmentSpecificInfo", False, _NOT_OURS, SegmentSpecificInfo={"Switch": "on"}),
    _video("ScenarioBased", False, _NOT_OURS, ScenarioBased=1),
    _video("SceneType", False, _NOT_OURS, SceneType="ugc"),
    _video("CompressType", False, _NOT_OURS, CompressType="low_compress"),
    _video("Stereo3dType", False, _NOT_OURS, Stereo3dType="side_by_side"),
    _video("ContentAdaptStream", False, _NOT_OURS, ContentAdaptStream=1),
    _audio("Codec", True, "aac, mp3, flac, copy as far as the container holds them", Codec="mp3"),
    _audio("Codec mp2", False, "aac, mp3, flac, copy", Codec="mp2"),
    _audio("Bitrate", True, "0 is our default for the codec", Bitrate=96),
    _audio("SampleRate", True, "0 for the source's; of files", SampleRate=44100),
    _audio("AudioChannel", True, "0 for the source's, in films at most 2", AudioChannel=1),
    _audio("TrackChannelInfo", False, _NOT_OURS, TrackChannelInfo={"ChannelsRemix": 1}),
    _audio("AudioLanguage", False, _NOT_OURS, AudioLanguage="eng"),
    _audio("AudioName", False, _NOT_OURS, AudioName="English"),
    _audio("DefaultTrack", False, _NOT_OURS, DefaultTrack=True),
    _audio("StreamSelects", False, "the main sound track", StreamSelects=[1]),
)  # fmt: skip


def _others(
    set_: str, note: str, supported: dict[str, Any], refused: dict[str, Any], **needed: Any
) -> tuple[Feature, ...]:
    """The rows of a set of tasks: the task itself, what may be said of it, what may not."""
    name = set_.removesuffix("Set")
    usual = {"Definition": 10, **needed}
    return (
        _task(set_, True, note, set_, **usual),
        *(_task(f"{name}.{m}", True, "", set_, **{**usual, m: value}) for m, value in supported.items()),
        *(_task(f"{name}.{m}", False, _NOT_OURS, set_, **{**usual, m: value}) for m, value in refused.items()),
    )


_PATH = {"OutputStorage": _STORE, "OutputObjectPath": "a/{inputName}.{format}"}
_NUMBERS = {"ObjectNumberFormat": {"InitialValue": 1, "Increment": 1, "MinLength": 3, "PlaceHolder": "0"}}
_WATERMARK = {"WatermarkSet": [{"Definition": 1}]}
_EXT = {"ExtInfo": "x"}

_SETS = (
    *_others("AnimatedGraphicTaskSet", "Definition 20000: kind `animation`, GIF, up to 30 s", _PATH, _EXT,
             Definition=20000, StartTimeOffset=0, EndTimeOffset=2),
    *_others("SnapshotByTimeOffsetTaskSet", "Definition 10: kind `screenshot`, JPEG in the source's size",
             {**_PATH, **_NUMBERS}, {**_WATERMARK, **_EXT}, ExtTimeOffsetSet=["1.5s", "10%"]),
    *_others("SampleSnapshotTaskSet", "Definition 10: kind `screenshot`, one every 10 %",
             {**_PATH, **_NUMBERS}, {**_WATERMARK, **_EXT}),
    *_others("ImageSpriteTaskSet", "Definition 10: kind `sprite`; sheets and WebVTT lie in a folder of the name",
             _PATH, {"WebVttObjectName": "a.vtt", **_NUMBERS, **_EXT}),
    *_others("AdaptiveDynamicStreamingTaskSet",
             "Definition 10, 12 (HLS) and 20 (DASH): kind `adaptive`; its files lie in a folder of the name",
             {**_PATH, "DefinitionType": "Common"},
             {**_WATERMARK, "BlindWatermark": {"Definition": 1}, "SubStreamObjectName": "a", "SegmentObjectName": "a",
              "AddOnSubtitles": [{"Type": "close"}], "DrmInfo": {"Type": "simpleaes"},
              "SubtitleTemplate": {"StreamIndex": 0}, "StdExtInfo": "x", "KeyPTSList": [1], "AddOnAudios": [{"a": 1}],
              "StdExtStreamInfos": [{"a": 1}]}),
)  # fmt: skip

_IMAGES = (
    _image("OutputPath", True, "", OutputPath="/p/{inputName}.{format}"),
    _image("Definition of pictures", False, "said by ImageTask", Definition=1),
    _image("AddOnParameter", False, _NOT_OURS, AddOnParameter={"ImageSet": [{"a": 1}]}),
    _image("StdExtInfo of pictures", False, _NOT_OURS, StdExtInfo="x"),
    _image_task("EncodeConfig", True, "JPEG, PNG, WebP; Quality", EncodeConfig={"Format": "WebP", "Quality": 80}),
    _image_task("EncodeConfig.Format BMP", False, "JPEG, PNG, WebP", EncodeConfig={"Format": "BMP"}),
    _resize("Mode", True, "lfit, fill, pad, fixed; nothing grows", Mode="fill", Width=100, Height=100),
    _resize("Mode mfit", False, "lfit, fill, pad, fixed", Mode="mfit", Width=100, Height=100),
    _resize("Mode percent", False, "lfit, fill, pad, fixed", Mode="percent", Percent=0.5),
    _resize("LongSide", True, "", Mode="lfit", LongSide=100),
    _resize("ShortSide", False, "Width, Height or LongSide", Mode="lfit", ShortSide=100),
    *(
        _image_task(name, False, _NOT_OURS, **{name: {"Switch": "ON"}})
        for name in (
            "EnhanceConfig", "EraseConfig", "BlindWatermarkConfig", "BeautyConfig", "AiTryOnConfig",
            "AiPosterSuiteConfig", "CreateImageConfig", "AiCutoutConfig", "AiExpansionConfig", "AiStoryboardConfig",
            "UnderstandImageConfig", "ImageQualityConfig", "AiComposeConfig", "AiDecomposeConfig",
        )
    ),
)  # fmt: skip

FEATURES: tuple[Feature, ...] = (*_WHOLE, *_TRANSCODE, *_VIDEO, *_SETS, *_IMAGES)
