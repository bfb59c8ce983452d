"""What moderation, discovery and subtitles have found, as results of AiContentReview, AiAnalysis, AiRecognition. Pure.

The record keeps a bounded summary of each; the JSON files of discovery and subtitles (`report`) hold the rest.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Protocol

COVER, CAPTIONS = "cover.jpg", "subtitles.vtt"
# These tasks have no member ErrCodeExt.
WITHOUT_EXT = frozenset({"HighlightTask", "ObjectTask"})


class Found(NamedTuple):
    """One entry of a result set: its Type, the member that holds its task, and that one's Output."""

    type: str
    member: str
    output: dict[str, Any]


class Outputs(Protocol):
    """Where the subtask's files lie."""

    @property
    def storage(self) -> dict[str, Any]: ...

    def path(self, *names: str) -> str: ...


# ── AiContentReview ───────────────────────────────────────────────────────────────────────────

_OF_PICTURES = {
    "Porn": ("PornTask", {"nudity", "suggestive"}),
    "Terrorism": (
        "TerrorismTask",
        {"violence", "disturbing", "hate", "drugs", "alcohol", "gambling", "rude_gestures", "other"},
    ),
}
_OF_WORDS = {"speech": ("Prohibited.Asr", "ProhibitedAsrTask"), "text": ("Prohibited.Ocr", "ProhibitedOcrTask")}
_GRAVITY = ("pass", "review", "block")


def review(kind: str, result: Mapping[str, Any], report: Mapping[str, Any], outputs: Outputs) -> Iterator[Found]:
    """A result for each sort of thing that was looked for: in pictures, in what is said, in what is written."""
    parts = result.get("parts", ["frames", "speech", "text"])
    left_out = result.get("left_out", {})
    if "frames" in parts:
        for type_, (member, categories) in _OF_PICTURES.items():
            output = _judged(result, "frames", categories) if "frames" not in left_out else _NOTHING
            yield Found(type_, member, output)
    for part, (type_, member) in _OF_WORDS.items():
        if part in parts:
            output = _judged(result, part, None) if part not in left_out else _NOTHING
            yield Found(type_, member, {name: value for name, value in output.items() if name != "Label"})


_NOTHING: dict[str, Any] = {"Confidence": 0.0, "Suggestion": "pass", "Label": "", "SegmentSet": []}


def _judged(result: Mapping[str, Any], part: str, categories: set[str] | None) -> dict[str, Any]:
    """The gravest of the labels that are of this part and of one of these categories."""

    def fits(item: Mapping[str, Any]) -> bool:
        return item.get("part", "frames") == part and (categories is None or item["category"] in categories)

    labels = [label for label in result.get("labels", ()) if fits(label)]
    worst = max(labels, key=lambda each: (_GRAVITY.index(each["suggestion"]), each["confidence"]), default=None)
    if worst is None:
        return _NOTHING
    return {
        "Confidence": worst["confidence"],
        "Suggestion": worst["suggestion"],
        "Label": worst["label"],
        "SegmentSet": [_segment(s, with_label=part == "frames") for s in result.get("segments", ()) if fits(s)],
    }


def _segment(segment: Mapping[str, Any], *, with_label: bool) -> dict[str, Any]:
    said = {
        "StartTimeOffset": segment["start"],
        "EndTimeOffset": segment["end"],
        "Confidence": segment["confidence"],
        "Suggestion": segment["suggestion"],
    }
    return {**said, "Label": segment["label"]} if with_label else {**said, "KeywordSet": [segment["label"]]}


# ── AiAnalysis ────────────────────────────────────────────────────────────────────────────────


def analysis(kind: str, result: Mapping[str, Any], report: Mapping[str, Any], outputs: Outputs) -> Iterator[Found]:
    """Tags of the whole and of stretches, a cover, highlights: as far as they were found."""
    yield Found("Tag", "TagTask", {"TagSet": _tags(result, report)})
    yield Found("FrameTag", "FrameTagTask", {"SegmentSet": list(_frame_tags(report))})
    yield Found("Cover", "CoverTask", {"CoverSet": _covers(result, outputs), "OutputStorage": outputs.storage})
    highlights = [_highlight(stretch) for stretch in result.get("highlights") or ()]
    yield Found("Highlight", "HighlightTask", {"HighlightSet": highlights, "OutputStorage": outputs.storage})


def _tags(result: Mapping[str, Any], report: Mapping[str, Any]) -> list[dict[str, Any]]:
    if scored := report.get("tags"):
        return [{"Tag": tag["name"], "Confidence": tag["score"], "SpecialInfo": ""} for tag in scored]
    return [{"Tag": name, "Confidence": None, "SpecialInfo": ""} for name in result.get("tags", ())]


def _frame_tags(report: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for label in report.get("labels") or ():
        for stretch in label["segments"]:
            tag = {"Tag": label["name"], "CategorySet": [], "Confidence": stretch["confidence"]}
            yield {"StartTimeOffset": stretch["start"], "EndTimeOffset": stretch["end"], "TagSet": [tag]}


def _covers(result: Mapping[str, Any], outputs: Outputs) -> list[dict[str, Any]]:
    cover, path = result.get("cover"), outputs.path(COVER)
    return [{"CoverPath": path, "Confidence": cover["score"]}] if cover and path else []


def _highlight(stretch: Mapping[str, Any]) -> dict[str, Any]:
    """A stretch of the source: no film is cut out of it."""
    segment = {
        "Confidence": stretch["score"],
        "StartTimeOffset": stretch["start"],
        "EndTimeOffset": stretch["end"],
        "SegmentTags": list(stretch.get("reasons", ())),
    }
    duration = round(stretch["end"] - stretch["start"], 3)
    return {"HighlightPath": "", "Confidence": stretch["score"], "Duration": duration, "SegmentSet": [segment]}


# ── AiRecognition ─────────────────────────────────────────────────────────────────────────────


def recognition(kind: str, result: Mapping[str, Any], report: Mapping[str, Any], outputs: Outputs) -> Iterator[Found]:
    """What is said by the one subtask; what is written, and who and what is to be seen, by the other."""
    if kind == "subtitles":
        said = [_said(segment) for segment in report.get("segments", ())]
        path = outputs.path(CAPTIONS, "subtitles.srt")
        output = {"SegmentSet": said, "SubtitlePath": path, "OutputStorage": outputs.storage}
        yield Found("AsrFullTextRecognition", "AsrFullTextTask", output)
    else:
        yield Found("OcrFullTextRecognition", "OcrFullTextTask", {"SegmentSet": list(_written(report))})
        yield Found("FaceRecognition", "FaceTask", {"ResultSet": _faces(report)})
        yield Found("ObjectRecognition", "ObjectTask", {"ResultSet": list(_objects(report))})


def _said(segment: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "Confidence": segment.get("confidence"),
        "StartTimeOffset": segment["start"],
        "EndTimeOffset": segment["end"],
        "Text": segment["text"].strip(),
        "Wordlist": [{"Word": w["text"], "Start": w["start"], "End": w["end"]} for w in segment.get("words", ())],
    }


def _written(report: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for line in report.get("text") or ():
        for stretch in line["segments"]:
            text = {"Confidence": stretch["confidence"], "AreaCoordSet": [], "Text": line["text"]}
            yield {"StartTimeOffset": stretch["start"], "EndTimeOffset": stretch["end"], "TextSet": [text]}


def _faces(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Faces are found and not named: one entry for all of them."""
    stretches = [_stretch(stretch) for stretch in report.get("faces") or ()]
    return [{"Id": "", "Type": "Stranger", "Name": "", "SegmentSet": stretches}] if stretches else []


def _objects(report: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for label in report.get("labels") or ():
        yield {"Name": label["name"], "SegmentSet": [_stretch(stretch) for stretch in label["segments"]]}


def _stretch(stretch: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "StartTimeOffset": stretch["start"],
        "EndTimeOffset": stretch["end"],
        "Confidence": stretch["confidence"],
        "AreaCoordSet": [],
    }
