"""Who listens. Adding one: a file with a class like `Provider`, and a line below."""

from collections.abc import Callable
from typing import Protocol

from sluice.errors import LimitExceeded
from sluice.providers import Providers
from sluice.settings import settings
from sluice.transcript import Transcript
from sluice.workspace import Workspace

OnProgress = Callable[[float], None]

# The longest that a provider is busy between two reports, on a slow machine.
_SECONDS_BETWEEN_REPORTS = 20.0


class Provider(Protocol):
    """Something that writes down what is said."""

    @property
    def name(self) -> str: ...

    def transcribe(self, workspace: Workspace, language: str, on_progress: OnProgress) -> Transcript:
        """The words of the work file `sound.wav`; `language` is a code or `auto`.

        `on_progress` gets percentages, at least every twenty seconds, and may stop the work by an exception.

        Raises: ProviderFailed when it never will, another exception when a later try may help.
        """
        ...


def _embedded() -> Provider:
    from sluice.speech.embedded import Embedded

    return Embedded()


def _transcribe() -> Provider:
    from sluice.speech.transcribe import TranscribeProvider

    return TranscribeProvider()


# Imported when first asked for: only the speech layer holds what the embedded model needs.
provider = Providers[Provider]("speech", {"embedded": _embedded, "transcribe": _transcribe})


def transcribe(workspace: Workspace, language: str) -> Transcript:
    """What is said in the work file `sound.wav`, by this deployment's provider.

    Raises: LimitExceeded `time_limit_exceeded`, ProviderFailed, Cancelled.
    """

    def report(percent: float) -> None:
        if workspace.seconds_left < _SECONDS_BETWEEN_REPORTS:
            message = f"There was time to hear {percent:.0f} % of the sound. Ask for a shorter source."
            raise LimitExceeded(message, code="time_limit_exceeded")
        workspace.progress(percent)

    return provider(settings().speech_provider).transcribe(workspace, language, report)
