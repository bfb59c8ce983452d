"""What can be seen in one picture: labels, faces, text. Who looks is a provider; the table is below.

Adding one: a file with a class like `Viewer`, and a line in its table.
"""

from collections.abc import Mapping
from typing import Protocol

from pydantic import Field

from sluice.frames import Frame
from sluice.media import Value
from sluice.providers import Providers


class Box(Value):
    """A rectangle as fractions (0 to 1) of the picture's width and height, from its top left corner."""

    left: float
    top: float
    width: float
    height: float

    @property
    def area(self) -> float:
        return self.width * self.height


class SeenLabel(Value):
    name: str = Field(description="In lower case, for example `espresso`.")
    confidence: float = Field(description="0 to 100.")


class SeenFace(Value):
    box: Box
    confidence: float = Field(description="0 to 100.")


class SeenText(Value):
    """One line of text."""

    text: str
    confidence: float = Field(description="0 to 100.")
    box: Box


class Viewer(Protocol):
    """Something that sees. Each method looks at one JPEG and gives the surest first (text: in reading order).

    All raise: BadSource for what isn't a picture, ProviderFailed when it never will work, another exception when a
    later try may help.
    """

    name: str

    def labels(self, frame: Frame) -> list[SeenLabel]: ...

    def faces(self, frame: Frame) -> list[SeenFace]: ...

    def text(self, frame: Frame) -> list[SeenText]: ...

    def models(self) -> Mapping[str, str]:
        """What looks for `labels`, `faces` and `text`, with its version."""
        ...


def _embedded() -> Viewer:
    from sluice.vision.embedded import EmbeddedViewer

    return EmbeddedViewer()


def _rekognition() -> Viewer:
    from sluice.vision.rekognition import RekognitionViewer

    return RekognitionViewer()


# Imported when first asked for: only the vision layer holds what the embedded models need.
viewer = Providers[Viewer]("vision", {"embedded": _embedded, "rekognition": _rekognition})
