"""Amazon Transcribe as a provider: it reads the sound from the work files and writes its answer beside it."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

from sluice.aws import files
from sluice.aws.transcribe import Transcribe, TranscriptionState
from sluice.errors import ProviderFailed
from sluice.naming import WORK
from sluice.settings import settings
from sluice.sound import NAME
from sluice.speech.languages import AUTO, UNSPACED
from sluice.speech.words import segments, sentences
from sluice.transcript import Transcript, Word
from sluice.workspace import Workspace

OnProgress = Callable[[float], None]
Sleep = Callable[[float], None]

ANSWER = "transcribe.json"
_FIRST_PAUSE, _LONGEST_PAUSE, _GROWTH = 2.0, 15.0, 1.5

# One of their locales for each language; where there are several, the one with most speakers.
_LOCALES = """
    af-ZA am-ET ar-SA az-AZ ba-RU be-BY bg-BG bn-IN bs-BA ca-ES cs-CZ cy-WL da-DK de-DE el-GR en-US es-US et-EE
    eu-ES fa-IR fi-FI fr-FR gl-ES gu-IN ha-NG he-IL hi-IN hr-HR ht-HT hu-HU hy-AM id-ID is-IS it-IT ja-JP ka-GE
    kk-KZ km-KH kn-IN ko-KR lt-LT lv-LV mi-NZ mk-MK ml-IN mn-MN mr-IN ms-MY mt-MT my-MM ne-NP nl-NL no-NO pa-IN
    pl-PL ps-AF pt-BR ro-RO ru-RU si-LK sk-SK sl-SI so-SO sq-AL sr-RS su-ID sv-SE sw-KE ta-IN te-IN th-TH tl-PH
    tr-TR tt-RU uk-UA uz-UZ vi-VN zh-CN
"""
LOCALES = {locale.partition("-")[0]: locale for locale in _LOCALES.split()} | {"jw": "jv-ID", "nn": "no-NO"}


class TranscribeProvider:
    name = "transcribe"

    def __init__(self, transcribe: Transcribe | None = None, *, sleep: Sleep = time.sleep) -> None:
        self._transcribe = transcribe or Transcribe()
        self._sleep = sleep

    def transcribe(self, workspace: Workspace, language: str, on_progress: OnProgress) -> Transcript:
        """Start the job, wait for it, read its answer.

        Raises: ProviderFailed, or botocore's exception for what may pass.
        """
        job, bucket = workspace.job, settings().output_bucket
        folder = f"{WORK}/{job.work_folder}"
        name = f"sluice-{job.task_id}-{job.attempt}-{job.number}"
        target = f"{folder}/{ANSWER}"
        self._transcribe.start(name, bucket=bucket, key=f"{folder}/{NAME}", target=target, language=locale_of(language))
        ended = self._ended(name, on_progress)
        path = workspace.folder / ANSWER
        files.get(bucket, target, path)
        return transcript_of(json.loads(path.read_bytes()), ended.language)

    def _ended(self, name: str, on_progress: OnProgress) -> TranscriptionState:
        """The state of the job at its end; `on_progress` ends the waiting when time is up."""
        waited = 0.0
        for pause in pauses():
            on_progress(90 * waited / (waited + 60))
            state = self._transcribe.state(name)
            if state.has_failed:
                raise ProviderFailed("Transcribe could not hear the sound.", detail=[state.reason])
            if state.is_done:
                return state
            self._sleep(pause)
            waited += pause
        raise AssertionError("pauses never end")


def pauses() -> Iterator[float]:
    """Seconds between two questions, ever more of them."""
    pause = _FIRST_PAUSE
    while True:
        yield pause
        pause = min(_LONGEST_PAUSE, pause * _GROWTH)


def locale_of(language: str) -> str | None:
    """Their name of a language, None where they are to find it out.

    Raises: ProviderFailed for a language that they don't know.
    """
    if language == AUTO:
        return None
    if language not in LOCALES:
        raise ProviderFailed(f"Amazon Transcribe doesn't know the language {language!r}.")
    return LOCALES[language]


def transcript_of(answer: dict[str, Any], locale: str | None) -> Transcript:
    """Their JSON as a transcript. https://docs.aws.amazon.com/transcribe/latest/dg/how-input.html"""
    language = _language_of(locale)
    joint = "" if language in UNSPACED else " "
    heard = _words(answer["results"]["items"])
    found = [segment for sentence in sentences(heard) for segment in segments(sentence, joint=joint)]
    return Transcript(language=language, segments=tuple(found), provider=TranscribeProvider.name, model="standard")


def _language_of(locale: str | None) -> str | None:
    code = (locale or "").partition("-")[0]
    return "jw" if code == "jv" else code or None


def _words(items: list[dict[str, Any]]) -> list[Word]:
    """Punctuation has no time of its own, so it goes with the word before it."""
    words: list[Word] = []
    for item in items:
        best = item["alternatives"][0]
        if item["type"] == "pronunciation":
            confidence = round(100 * float(best["confidence"]), 1)
            start, end = float(item["start_time"]), float(item["end_time"])
            words.append(Word(start=start, end=end, text=best["content"], confidence=confidence))
        elif words:
            words[-1] = words[-1].model_copy(update={"text": words[-1].text + best["content"]})
    return words
