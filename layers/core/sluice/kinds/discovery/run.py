"""Look at the frames, take the shots and the transcript that earlier steps have left, put them together."""

from collections.abc import Sequence

from sluice.errors import BadSource
from sluice.frames import NAME as FRAMES
from sluice.frames import Frame, read_frames
from sluice.jobs import JobResult
from sluice.kinds.discovery import OF_FRAMES, OF_SHOTS, DiscoveryOptions, Part, missing
from sluice.kinds.discovery.cover import Candidate, best, score, scores
from sluice.kinds.discovery.highlights import Film, highlights
from sluice.kinds.discovery.report import (
    COVER,
    Cover,
    Discovery,
    FaceStretch,
    FoundLabel,
    FoundText,
    Highlight,
    Said,
    Speech,
    Stretch,
    Tag,
)
from sluice.kinds.discovery.tags import tags
from sluice.kinds.discovery.timeline import Sight, face_segments, label_segments, text_segments
from sluice.media import Value
from sluice.sampling import Span, spans
from sluice.settings import settings
from sluice.shots import NAME as SHOTS
from sluice.shots import Shots, read_shots
from sluice.tasks import Output
from sluice.transcript import NAME as TRANSCRIPT
from sluice.transcript import Transcript, read_transcript
from sluice.vision import SeenFace, SeenLabel, SeenText, Viewer, viewer
from sluice.vision.pictures import Look, decoded, look_of
from sluice.workspace import Workspace

REPORT = "discovery.json"
# Sampling, cutting and hearing were the first half.
_PREPARED = 50.0


class Seen(Value):
    """One look."""

    time: float
    look: Look | None = None
    faces: tuple[SeenFace, ...] = ()
    labels: tuple[SeenLabel, ...] = ()
    text: tuple[SeenText, ...] = ()


def run(workspace: Workspace) -> JobResult:
    """Frames, shots and transcript → `discovery.json` and `cover.jpg`."""
    discovery = _Discovery(workspace)
    found = discovery.found()
    path = workspace.folder / REPORT
    path.write_text(found.model_dump_json(indent=2))
    outputs = [workspace.publish(path)]
    if found.cover:
        outputs.append(discovery.published_cover(found.cover))
    return JobResult(outputs=tuple(outputs), result=found.summary())


class _Discovery:
    """One source. Each part has a method, which gives None when the part isn't wanted."""

    def __init__(self, workspace: Workspace):
        self._workspace = workspace
        self._options = workspace.options(DiscoveryOptions)
        media = workspace.job.media
        self._duration = None if media.is_picture else media.duration
        self._left_out = {part: why.message for part, why in missing(self._options, media).items()}
        self._wanted = frozenset(self._options.parts) - frozenset(self._left_out)
        self._viewer: Viewer = viewer(settings().discovery_provider)
        self._frames = self._read_frames()
        self._seen = self._looked_at()
        self._places = spans((seen.time for seen in self._seen), self._duration) if self._duration else {}
        self._shots = self._read_shots()
        self._transcript = self._read_transcript()

    def found(self) -> Discovery:
        cover = self._cover()
        labels, text = self._labels(), self._text()
        return Discovery(
            duration=self._duration,
            provider=self._viewer.name,
            models={part: model for part, model in self._viewer.models().items() if Part(part) in self._wanted},
            parts=tuple(part for part in Part if part in self._wanted),
            left_out=self._left_out,
            frame_count=len(self._seen),
            shots=self._shot_stretches(),
            faces=self._faces() if Part.FACES in self._wanted else None,
            labels=labels,
            text=text,
            speech=self._speech(),
            cover=cover,
            highlights=self._highlights(),
            tags=self._tags(labels or (), text or ()),
        )

    # ── what earlier steps have left ──────────────────────────────────────────────────────────

    def _read_frames(self) -> list[Frame]:
        if not self._wanted & OF_FRAMES:
            return []
        frames = read_frames(self._workspace.get_work(FRAMES)).frames
        if not frames:
            raise BadSource("Not one frame of the source could be decoded.", code="source_undecodable")
        return frames

    def _read_shots(self) -> Shots | None:
        return read_shots(self._workspace.get_work(SHOTS)) if self._wanted & OF_SHOTS else None

    def _read_transcript(self) -> Transcript | None:
        if Part.SPEECH not in self._wanted:
            return None
        return read_transcript(self._workspace.get_work(TRANSCRIPT))

    # ── looking ───────────────────────────────────────────────────────────────────────────────

    def _looked_at(self) -> list[Seen]:
        seen = []
        for number, frame in enumerate(self._frames, start=1):
            seen.append(self._look(frame))
            self._workspace.progress(_PREPARED + (100 - _PREPARED) * number / len(self._frames))
        return seen

    def _look(self, frame: Frame) -> Seen:
        """Faces make covers and highlights better, so they are looked for there as well."""
        judged = self._wanted & {Part.COVER, Part.HIGHLIGHTS}
        return Seen(
            time=frame.time,
            look=look_of(frame) if judged else None,
            faces=tuple(self._viewer.faces(frame)) if judged or Part.FACES in self._wanted else (),
            labels=tuple(self._viewer.labels(frame)) if Part.LABELS in self._wanted else (),
            text=tuple(self._viewer.text(frame)) if Part.TEXT in self._wanted else (),
        )

    # ── the parts ─────────────────────────────────────────────────────────────────────────────

    def _shot_stretches(self) -> tuple[Stretch, ...] | None:
        if Part.SHOTS not in self._wanted or not self._shots:
            return None
        return tuple(Stretch(start=shot.start, end=shot.end) for shot in self._shots.shots)

    def _faces(self) -> tuple[FaceStretch, ...]:
        looks = {seen.time: [face.confidence for face in seen.faces] for seen in self._seen}
        return face_segments(looks, self._places)

    def _labels(self) -> tuple[FoundLabel, ...] | None:
        if Part.LABELS not in self._wanted:
            return None
        sights = [Sight(seen.time, label.name, label.confidence) for seen in self._seen for label in seen.labels]
        return label_segments(sights, self._places, least=self._options.label_confidence)

    def _text(self) -> tuple[FoundText, ...] | None:
        if Part.TEXT not in self._wanted:
            return None
        sights = [Sight(seen.time, line.text, line.confidence) for seen in self._seen for line in seen.text]
        return text_segments(sights, self._places)

    def _speech(self) -> Speech | None:
        if self._transcript is None:
            return None
        said = [Said(start=s.start, end=s.end, text=s.text.strip()) for s in self._transcript.segments]
        return Speech(language=self._transcript.language if said else None, segments=tuple(said))

    def _candidates(self) -> list[Candidate]:
        return [
            Candidate(
                seen.time,
                *(seen.look.sharpness, seen.look.brightness, seen.look.contrast, seen.look.colourfulness),
                faces=tuple(face.box.area for face in seen.faces),
                texts=tuple(line.box.area for line in seen.text),
            )
            for seen in self._seen
            if seen.look
        ]

    def _cover(self) -> Cover | None:
        if Part.COVER not in self._wanted:
            return None
        chosen = best(self._candidates(), self._duration)
        return Cover(
            time=chosen.time,
            score=score(chosen, self._duration),
            sharpness=chosen.sharpness,
            brightness=chosen.brightness,
            faces=len(chosen.faces),
        )

    def published_cover(self, cover: Cover) -> Output:
        """The frame as it was sampled: its short side is that of all sampled frames."""
        frame = next(frame for frame in self._frames if frame.time == cover.time)
        path = self._workspace.folder / COVER
        path.write_bytes(frame.data)
        width, height = decoded(frame).size
        known = {"codec": "mjpeg", "width": width, "height": height}
        return self._workspace.publish(path, at=cover.time, known=known)

    def _highlights(self) -> tuple[Highlight, ...] | None:
        if Part.HIGHLIGHTS not in self._wanted or not self._duration:
            return None
        segments = self._transcript.segments if self._transcript else ()
        film = Film(
            duration=self._duration,
            cuts=self._shots.cuts if self._shots else (),
            quality=scores(self._candidates(), self._duration),
            faces={seen.time: len(seen.faces) for seen in self._seen},
            speech=[Span(segment.start, segment.end) for segment in segments],
        )
        return highlights(film, count=self._options.highlight_count, seconds=self._options.highlight_seconds)

    def _tags(self, labels: Sequence[FoundLabel], text: Sequence[FoundText]) -> tuple[Tag, ...] | None:
        if Part.TAGS not in self._wanted:
            return None
        with_faces = sum(1 for seen in self._seen if seen.faces) if Part.FACES in self._wanted else 0
        return tags(
            {label.name: label.confidence for label in labels},
            [line.text for line in text],
            [segment.text for segment in self._transcript.segments] if self._transcript else (),
            face_share=with_faces / max(1, len(self._seen)),
            count=self._options.tag_count,
        )
