"""The embedded models: Silero's detector decides what is worth listening to, Whisper listens."""

import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

import numpy as np
import speech_models

from sluice import sound
from sluice.sound import Sound
from sluice.speech.detector import STEP_SECONDS, Detector
from sluice.speech.ear import Ear, language_name
from sluice.speech.languages import AUTO, UNSPACED
from sluice.speech.samples import Samples, as_floats
from sluice.speech.voices import Stretch, stretches, voices
from sluice.speech.words import Token, moved, segments, whole, words
from sluice.transcript import Segment, Transcript
from sluice.workspace import Workspace

OnProgress = Callable[[float], None]
Found = TypeVar("Found")

# Whisper hears thirty seconds at once; its times get poor at the very end.
LONGEST_SECONDS = 28.0
# Listened to for the language; a film may begin with a song in another one.
_LANGUAGE_STRETCHES = 3
_DETECTED_PERCENT, _LANGUAGE_PERCENT = 5.0, 10.0


class Embedded:
    name = "embedded"
    model = speech_models.NAME

    def __init__(self) -> None:
        self._ears: list[Ear] = []
        self._detector = Detector(speech_models.VOICES)

    def transcribe(self, workspace: Workspace, language: str, on_progress: OnProgress) -> Transcript:
        """What is said in the work file `sound.wav`."""
        return self.hear(workspace.get_work(sound.NAME), language, on_progress)

    def hear(self, path: Path, language: str, on_progress: OnProgress) -> Transcript:
        """What is said in a WAV file; `on_progress` gets percentages and may stop the work by an exception."""
        with sound.opened(path) as opened:
            found = self._stretches(opened, on_progress)
        if found and language == AUTO:
            language = self._language(path, found, on_progress)
        heard = tuple(self._segments(path, found, language, on_progress))
        return Transcript(language=language if heard else None, segments=heard, provider=self.name, model=self.model)

    def _stretches(self, opened: Sound, on_progress: OnProgress) -> list[Stretch]:
        chances = []
        for number, chance in enumerate(self._detector.chances(opened)):
            chances.append(chance)
            if number % 1000 == 0:
                on_progress(_DETECTED_PERCENT * number * STEP_SECONDS / opened.seconds)
        return stretches(voices(chances, STEP_SECONDS, longest=LONGEST_SECONDS), longest=LONGEST_SECONDS)

    def _language(self, path: Path, found: Sequence[Stretch], on_progress: OnProgress) -> str:
        """The one that is likeliest over some stretches."""
        some = found[:: -(-len(found) // _LANGUAGE_STRETCHES)]
        with closing(self._each(path, some, Ear.language_chances)) as each:
            chances = np.sum(list(each), axis=0)
        on_progress(_LANGUAGE_PERCENT)
        return language_name(int(chances.argmax()))

    def _segments(
        self, path: Path, found: Sequence[Stretch], language: str, on_progress: OnProgress
    ) -> Iterator[Segment]:
        with closing(self._each(path, found, lambda ear, samples: ear.heard(samples, language))) as each:
            for number, (stretch, tokens) in enumerate(zip(found, each, strict=True), start=1):
                yield from segments_of(tokens, stretch, language)
                on_progress(_LANGUAGE_PERCENT + (100 - _LANGUAGE_PERCENT) * number / len(found))

    def _each(
        self, path: Path, found: Sequence[Stretch], listen: Callable[[Ear, Samples], Found]
    ) -> Generator[Found, None, None]:
        """What an ear makes of each stretch, in order; as many listen at once as there are cores.

        Closed before its end, it drops what hasn't begun and waits for what has.
        """
        free: SimpleQueue[Ear] = SimpleQueue()
        for ear in self._ears_for(len(found)):
            free.put(ear)

        def listened(stretch: Stretch) -> Found:
            ear = free.get()
            try:
                return listen(ear, samples_of(path, stretch))
            finally:
                free.put(ear)

        pool = ThreadPoolExecutor(max(1, free.qsize()))
        try:
            yield from pool.map(listened, found)
        finally:
            pool.shutdown(cancel_futures=True)

    def _ears_for(self, count: int) -> list[Ear]:
        """One for each core, or fewer where there is less to hear; made when first needed: each takes 200 MB."""
        wanted = min(count, len(os.sched_getaffinity(0)))
        self._ears += [Ear(speech_models.WHISPER) for _ in range(wanted - len(self._ears))]
        return self._ears[:wanted]


def samples_of(path: Path, stretch: Stretch) -> Samples:
    with sound.opened(path) as opened:
        return as_floats(b"".join(opened.between(*span) for span in stretch.spans))


def segments_of(heard: Iterable[Sequence[Token]], stretch: Stretch, language: str) -> list[Segment]:
    """The model's segments, made whole sentences, at their places in the source."""
    unspaced = language in UNSPACED
    placed = [moved(words(tokens, unspaced=unspaced), stretch.place) for tokens in heard]
    return [segment for each in whole(placed) for segment in segments(each, joint="" if unspaced else " ")]
