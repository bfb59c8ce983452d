import json

from sluice.kinds.moderation import DEFAULTS
from sluice.kinds.moderation.labels import Category, LabelScore, label_score
from sluice.kinds.moderation.report import MAX_LABELS, MAX_SEGMENTS, Report, by_frame
from sluice.kinds.moderation.verdict import judge


def a_report(scores: list[LabelScore], times: list[float], duration: float | None) -> Report:
    return Report(
        provider="embedded",
        model="open_nsfw 1.0.0",
        verdict=judge(scores, DEFAULTS, times=times, duration=duration),
        categories=DEFAULTS,
        duration=duration,
        frames=by_frame(times, scores),
    )


def test_the_report_holds_every_frame_with_its_scores() -> None:
    report = a_report([label_score(1, Category.NUDITY, "porn", 91.234)], [1.0, 3.0], 4.0)

    said = json.loads(report.model_dump_json())

    assert said["frames"] == [
        {"time": 1.0, "scores": [{"category": "nudity", "label": "porn", "confidence": 91.23}]},
        {"time": 3.0, "scores": []},
    ]
    assert said["verdict"]["verdict"] == "block"
    assert said["categories"]["nudity"] == {"review_threshold": 20.0, "block_threshold": 80.0}


def test_the_summary_says_what_was_found_and_by_whom() -> None:
    summary = a_report([label_score(1, Category.NUDITY, "porn", 91.2)], [1.0, 3.0], 4.0).summary()

    found = {"part": "frames", "category": "nudity", "label": "porn", "confidence": 91.2, "suggestion": "block"}
    assert summary == {
        "verdict": "block",
        "confidence": 91.2,
        "labels": [found],
        "segments": [{"start": 0.0, "end": 2.0, **found}],
        "segment_count": 1,
        "frame_count": 2,
        "parts": ["frames"],
        "left_out": {},
        "provider": "embedded",
        "model": "open_nsfw 1.0.0",
    }


def test_the_summary_is_bounded_and_keeps_the_gravest_in_order_of_time() -> None:
    times = [float(time) for time in range(400)]
    scores = [label_score(time, Category.NUDITY, f"label {time}", 90 if time > 300 else 30) for time in times[::2]]

    summary = a_report(scores, times, 400.0).summary()

    assert summary["segment_count"] == 200
    assert len(summary["segments"]) == MAX_SEGMENTS
    assert len(summary["labels"]) == MAX_LABELS
    assert sum(each["suggestion"] == "block" for each in summary["segments"]) == 49
    starts = [each["start"] for each in summary["segments"]]
    assert starts == sorted(starts)
    assert len(json.dumps(summary)) < 16_000
