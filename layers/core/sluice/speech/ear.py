"""One Whisper on one core, by whisper.cpp."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import _pywhispercpp as whisper
import numpy as np

from sluice.speech.quiet import without_chatter
from sluice.speech.samples import Samples
from sluice.speech.words import Token


class Ear:
    """Not for two threads at once; while it listens, other threads of Python run."""

    def __init__(self, model: Path) -> None:
        without_chatter()
        parameters = whisper.whisper_context_default_params()
        parameters.use_gpu = False
        self._context = whisper.whisper_init_from_file_with_params(str(model), parameters)

    def language_chances(self, samples: Samples) -> Samples:
        """How likely each language is, from 0 to 1, by its number."""
        chances = np.zeros(whisper.whisper_lang_max_id() + 1, np.float32)
        whisper.whisper_pcm_to_mel(self._context, samples, len(samples), 1)
        whisper.whisper_lang_auto_detect(self._context, 0, 1, chances)
        return chances

    def heard(self, samples: Samples, language: str) -> list[list[Token]]:
        """The tokens of what is said, in segments as the model makes them."""
        whisper.whisper_full(self._context, _parameters(language), samples, len(samples))
        count = whisper.whisper_full_n_segments(self._context)
        return [list(self._tokens(number)) for number in range(count)]

    def _tokens(self, segment: int) -> Iterator[Token]:
        end_of_text = whisper.whisper_token_eot(self._context)
        for number in range(whisper.whisper_full_n_tokens(self._context, segment)):
            token = whisper.whisper_full_get_token_data(self._context, segment, number)
            # the special ones, times and languages among them, come after the text's
            if token.id < end_of_text:
                data = whisper.whisper_token_to_bytes(self._context, token.id)
                yield Token(data, token.t0 / 100, token.t1 / 100, token.p)


def language_name(number: int) -> str:
    return str(whisper.whisper_lang_str(number))


def _parameters(language: str) -> Any:
    chosen = whisper.whisper_full_default_params(whisper.whisper_sampling_strategy.WHISPER_SAMPLING_GREEDY)
    # More threads wait for each other by spinning: with anything beside them on the cores, ten times as long.
    chosen.n_threads = 1
    chosen.language = language
    chosen.token_timestamps = True
    # a mistake isn't carried on into the next stretch, and «[Music]» isn't said by anybody
    chosen.no_context = True
    chosen.suppress_nst = True
    # All of audio_ctx is heard, though most of it may be silence: a shorter one costs a third, but repeats and invents.
    chosen.print_progress = chosen.print_realtime = chosen.print_timestamps = False
    return chosen
