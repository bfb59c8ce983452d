"""What tests of the recognising kinds share: the models, the samples, and a job whose earlier steps are done."""

import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from PIL import Image

from sluice.aws.store import TaskStore
from sluice.clock import now
from sluice.frames import NAME as FRAMES
from sluice.frames import write_frames
from sluice.jobs import JobRef, JobResult
from sluice.kinds import validated_options
from sluice.media import MediaInfo
from sluice.shots import NAME as SHOTS
from sluice.shots import Shots
from sluice.tasks import SubtaskRequest, new_task
from sluice.transcript import NAME as TRANSCRIPT
from sluice.transcript import Segment, Transcript
from sluice.worker import Run, perform
from tests.builders import RETENTION, TASK_ID, a_source
from tests.conftest import OUTPUTS, TABLE
from tests.models import speech_models as made_speech_models
from tests.models import vision_models as made_models
from tests.template import ROOT


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of real media that lies beside the repository."""
    folder = Path(os.environ.get("SLUICE_MEDIA_SAMPLES") or ROOT.parent / "shared" / "media")
    if not folder.is_dir():
        pytest.skip(f"no samples in {folder}; set SLUICE_MEDIA_SAMPLES to their folder")
    return folder


@pytest.fixture(scope="session")
def vision_models() -> Iterator[None]:
    """The models of the vision layer, importable."""
    try:
        folder = made_models()
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"the vision layer's models can't be made here: {getattr(error, 'stderr', error)}")
    sys.path.insert(0, str(folder))
    yield
    sys.path.remove(str(folder))


@pytest.fixture(scope="session")
def speech_models() -> Iterator[None]:
    """The model of the speech layer, importable."""
    try:
        folder = made_speech_models()
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"the speech layer's model can't be made here: {getattr(error, 'stderr', error)}")
    sys.path.insert(0, str(folder))
    yield
    sys.path.remove(str(folder))


def as_frame(path: Path) -> bytes:
    """A sample as the media step hands it on: a JPEG, its short side at most 360."""
    with Image.open(path) as picture:
        upright = picture.convert("RGB")
    scale = min(1.0, 360 / min(upright.size))
    packed = io.BytesIO()
    upright.resize((round(upright.width * scale), round(upright.height * scale))).save(packed, "JPEG", quality=92)
    return packed.getvalue()


def said(*lines: tuple[float, float, str], language: str = "en") -> Transcript:
    return Transcript(language=language, segments=tuple(Segment(start=a, end=b, text=text) for a, b, text in lines))


@dataclass
class Prepared:
    """A subtask of one task, and what the steps before have left for it."""

    folder: Path
    outputs: dict[str, bytes] = field(default_factory=dict)

    def run(
        self,
        kind: str,
        run: Run,
        media: MediaInfo,
        *,
        options: Mapping[str, Any] | None = None,
        frames: Sequence[tuple[float, bytes]] | None = None,
        shots: Shots | None = None,
        transcript: Transcript | None = None,
    ) -> JobResult:
        self._record(kind, media, options or {})
        if frames is not None:
            self._leave(kind, FRAMES, self._packed(frames, media.duration or 0.0))
        if shots is not None:
            self._leave(kind, SHOTS, shots.model_dump_json().encode())
        if transcript is not None:
            self._leave(kind, TRANSCRIPT, transcript.model_dump_json().encode())
        ref = JobRef(task_id=TASK_ID, attempt=1, number=1, kind=kind)
        result = perform(ref, run, deadline=time.monotonic() + 60)
        bucket = boto3.resource("s3").Bucket(OUTPUTS)
        self.outputs = {out.name: bucket.Object(out.key).get()["Body"].read() for out in result.outputs}
        return result

    def json(self, name: str) -> Any:
        return json.loads(self.outputs[name])

    def _record(self, kind: str, media: MediaInfo, options: Mapping[str, Any]) -> None:
        source = a_source(etag="e", media=media)
        asked = [SubtaskRequest(kind=kind, options=validated_options(kind, options))]
        TaskStore(TABLE).create(new_task(TASK_ID, source, asked, trigger="api", created_at=now(), retention=RETENTION))

    def _packed(self, frames: Sequence[tuple[float, bytes]], duration: float) -> bytes:
        paths = []
        for number, (at, data) in enumerate(frames):
            path = self.folder / f"{number}.jpg"
            path.write_bytes(data)
            paths.append((at, path))
        packed = self.folder / FRAMES
        write_frames(packed, paths, interval=2.0, duration=duration)
        return packed.read_bytes()

    def _leave(self, kind: str, name: str, content: bytes) -> None:
        boto3.client("s3").put_object(Bucket=OUTPUTS, Key=f"work/{TASK_ID}/1/{name}", Body=content)


@pytest.fixture
def prepared(aws: None, tmp_path: Path) -> Prepared:
    return Prepared(tmp_path)


@pytest.fixture(scope="session")
def still_of(samples: Path, media_bin: Path) -> Callable[[str, float], bytes]:
    """One frame of a sample at so many seconds, as the media step takes it."""

    def taken(name: str, at: float) -> bytes:
        command = [
            str(media_bin / "ffmpeg"),
            "-v",
            "error",
            "-ss",
            f"{at}",
            "-i",
            str(samples / name),
            "-frames:v",
            "1",
        ]
        scaled = ["-vf", "scale=-2:360", "-q:v", "3", "-f", "image2", "-update", "1", "-c:v", "mjpeg", "pipe:1"]
        return subprocess.run([*command, *scaled], check=True, capture_output=True).stdout

    return taken
