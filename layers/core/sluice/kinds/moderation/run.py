"""Judge the frames, the text in them and the speech that earlier steps have left."""

from collections.abc import Sequence

from sluice.errors import BadSource
from sluice.frames import NAME, Frame, FrameSet, read_frames
from sluice.jobs import JobResult
from sluice.kinds.moderation import ModerationOptions, missing
from sluice.kinds.moderation.labels import LabelScore, Part
from sluice.kinds.moderation.providers import provider
from sluice.kinds.moderation.report import FrameScores, Report, TextScores, by_frame
from sluice.kinds.moderation.verdict import Verdict, joined, judge, judge_looks
from sluice.kinds.moderation.words import Line, breaths, floor_of, not_understood, reported, scores_of, spoken
from sluice.settings import settings
from sluice.transcript import NAME as TRANSCRIPT
from sluice.transcript import read_transcript
from sluice.vision import viewer
from sluice.vision.words import MODEL as WORD_MODEL
from sluice.vision.words import weights
from sluice.workspace import Workspace

REPORT = "moderation.json"

# Frames between two reports of progress. The sampling of them was the first half.
_BATCH = 8
_SAMPLED = 50.0


def run(workspace: Workspace) -> JobResult:
    """Scores → verdict → `moderation.json`, and its summary for the record."""
    moderation = _Moderation(workspace)
    report = moderation.report()
    path = workspace.folder / REPORT
    path.write_text(report.model_dump_json(indent=2))
    return JobResult(outputs=(workspace.publish(path),), result=report.summary())


class _Moderation:
    """One source's parts, each judged on its own."""

    def __init__(self, workspace: Workspace):
        self._workspace = workspace
        self._options = workspace.options(ModerationOptions)
        self._media = workspace.job.media
        absent = missing(self._options, self._media)
        self._left_out = {part: failure.message for part, failure in absent.items()}
        self._parts = [part for part in Part if part in self._options.parts and part not in absent]
        self._verdicts: list[Verdict] = []
        self._model: str | None = None
        self._frames: tuple[FrameScores, ...] = ()
        self._words: dict[Part, tuple[TextScores, ...]] = {}

    def report(self) -> Report:
        """
        Raises: BadSource when there isn't one frame.
        """
        if Part.FRAMES in self._parts or Part.TEXT in self._parts:
            self._judge_pictures()
        if Part.SPEECH in self._parts:
            self._judge_speech()
        return Report(
            provider=settings().moderation_provider,
            model=self._model,
            word_model=WORD_MODEL if self._words else None,
            verdict=joined(self._verdicts),
            categories=self._options.categories,
            duration=self._duration,
            parts=tuple(part for part in self._parts if part not in self._left_out),
            left_out=self._left_out,
            frames=self._frames,
            text=self._words.get(Part.TEXT, ()),
            speech=self._words.get(Part.SPEECH, ()),
        )

    @property
    def _duration(self) -> float | None:
        return None if self._media.is_picture else self._media.duration

    def _judge_pictures(self) -> None:
        sampled = read_frames(self._workspace.get_work(NAME))
        if not sampled.frames:
            raise BadSource("Not one frame of the source could be decoded.", code="source_undecodable")
        if Part.FRAMES in self._parts:
            self._judge_frames(sampled)
        if Part.TEXT in self._parts:
            self._judge_text(sampled.frames)

    def _judge_frames(self, sampled: FrameSet) -> None:
        reviewer = provider(settings().moderation_provider)
        scores: list[LabelScore] = []
        for start in range(0, len(sampled.frames), _BATCH):
            batch = sampled.frames[start : start + _BATCH]
            scores += reviewer.review(batch, floor=self._options.floor)
            self._progress(start + len(batch), len(sampled.frames))
        times = [frame.time for frame in sampled.frames]
        self._model, self._frames = reviewer.model, by_frame(times, scores)
        self._conclude(scores, times, Part.FRAMES)

    def _judge_text(self, frames: Sequence[Frame]) -> None:
        reader = viewer(settings().moderation_provider)
        lines: list[Line] = []
        for number, frame in enumerate(frames, start=1):
            lines += [Line(frame.time, seen.text) for seen in reader.text(frame)]
            self._progress(number, len(frames))
        found = self._judged_words(Part.TEXT, lines)
        self._conclude(scores_of(found), [frame.time for frame in frames], Part.TEXT)

    def _judge_speech(self) -> None:
        transcript = read_transcript(self._workspace.get_work(TRANSCRIPT))
        if reason := not_understood(transcript):
            self._left_out[Part.SPEECH] = reason
            return
        found = self._judged_words(Part.SPEECH, spoken(transcript))
        looks = breaths(transcript)
        self._verdicts.append(judge_looks(scores_of(found), self._options.categories, looks, part=Part.SPEECH))

    def _judged_words(self, part: Part, lines: Sequence[Line]) -> tuple[TextScores, ...]:
        self._words[part] = reported(lines, weights(), floor=floor_of(self._options.categories))
        return self._words[part]

    def _conclude(self, scores: Sequence[LabelScore], times: Sequence[float], part: Part) -> None:
        verdict = judge(scores, self._options.categories, times=times, duration=self._duration, part=part)
        self._verdicts.append(verdict)

    def _progress(self, done: int, of: int) -> None:
        self._workspace.progress(_SAMPLED + (100 - _SAMPLED) * done / of)
