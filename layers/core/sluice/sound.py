"""Sound on its way from the function that has ffmpeg to those that listen: 16 kHz, mono, 16 bit, WAV."""

import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAME = "sound.wav"
RATE = 16_000
SAMPLE_BYTES = 2
# 230 MB: what a function's scratch space takes, and about what can be heard in fifteen minutes
MOST_SECONDS = 7200.0


class Sound:
    """An open WAV file; reads only what is asked for."""

    def __init__(self, wav: wave.Wave_read):
        self._wav = wav

    @property
    def seconds(self) -> float:
        return self._wav.getnframes() / RATE

    def pieces(self, samples: int) -> Iterator[bytes]:
        """The whole of it in pieces of so many samples, the last one filled up with silence."""
        self._wav.rewind()
        size = samples * SAMPLE_BYTES
        while piece := self._wav.readframes(samples):
            yield piece.ljust(size, b"\0")

    def between(self, start: float, end: float) -> bytes:
        """The samples of [start, end) seconds, as far as there are any."""
        first = min(self._wav.getnframes(), round(start * RATE))
        self._wav.setpos(first)
        return self._wav.readframes(max(0, round(end * RATE) - first))


@contextmanager
def opened(path: Path) -> Iterator[Sound]:
    with wave.open(str(path), "rb") as wav:
        assert (wav.getframerate(), wav.getnchannels(), wav.getsampwidth()) == (RATE, 1, SAMPLE_BYTES)
        yield Sound(wav)
