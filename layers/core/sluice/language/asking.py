"""Ask the model about one job's source."""

from typing import Any, NamedTuple

from sluice.aws.bedrock import Answer, Bedrock
from sluice.errors import ProviderFailed
from sluice.frames import NAME as FRAMES
from sluice.frames import Frame, read_frames
from sluice.kinds.language import LanguageOptions, needs
from sluice.language.message import SYSTEM, message
from sluice.settings import settings
from sluice.transcript import NAME as TRANSCRIPT
from sluice.transcript import Transcript, read_transcript
from sluice.workspace import Workspace

MAX_TOKENS = 4096
# What is left to the model once frames and transcript are made.
_PREPARED = 60.0


class Material(NamedTuple):
    frames: list[Frame]
    transcript: Transcript | None


def ask(workspace: Workspace, task: str, options: LanguageOptions, *, bedrock: Bedrock | None = None) -> Answer:
    """The model's answer to a task about the source.

    Raises: ProviderFailed when the model is off by now, refuses, or says nothing.
    """
    model = settings().language_model
    if not model:
        raise ProviderFailed("The language model has been turned off.", code="provider_off")
    material = material_of(workspace, options)
    workspace.progress(_PREPARED)
    media = workspace.job.media
    blocks = message(
        task,
        frames=material.frames,
        transcript=material.transcript,
        duration=None if media.is_picture else media.duration,
        language=options.language,
    )
    answer = (bedrock or Bedrock()).converse(model, system=SYSTEM, message=blocks, max_tokens=MAX_TOKENS)
    if not answer.text:
        raise ProviderFailed("The model said nothing.")
    return answer


def material_of(workspace: Workspace, options: LanguageOptions) -> Material:
    """What the steps before have left."""
    steps = needs(options, workspace.job.media)
    frames = read_frames(workspace.get_work(FRAMES)).frames if "frames" in steps else []
    transcript = None
    if "speech" in steps:
        transcript = read_transcript(workspace.get_work(TRANSCRIPT))
    return Material(frames, transcript)


def usage(answer: Answer) -> dict[str, Any]:
    """What the answer cost, for the record."""
    return {
        "model": settings().language_model,
        "input_tokens": answer.input_tokens,
        "output_tokens": answer.output_tokens,
    }
