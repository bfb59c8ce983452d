"""Who looks at the frames. Adding one: a file with a class like `Provider`, and a line below."""

from collections.abc import Sequence
from typing import Protocol

from sluice.frames import Frame
from sluice.kinds.moderation.labels import LabelScore
from sluice.providers import Providers


class Provider(Protocol):
    """Something that sees what is in pictures."""

    @property
    def name(self) -> str: ...

    @property
    def model(self) -> str:
        """The model and its version, as far as known before the first review."""
        ...

    def review(self, images: Sequence[Frame], *, floor: float = 0.0) -> list[LabelScore]:
        """What is in these frames; scores under `floor` may be left out.

        Raises: ProviderFailed when it never will, another exception when a later try may help.
        """
        ...


def _embedded() -> Provider:
    from sluice.kinds.moderation.providers.embedded import Embedded

    return Embedded()


def _rekognition() -> Provider:
    from sluice.kinds.moderation.providers.rekognition import RekognitionProvider

    return RekognitionProvider()


# Imported when first asked for: only the vision layer holds what the embedded model needs.
provider = Providers[Provider]("moderation", {"embedded": _embedded, "rekognition": _rekognition})
