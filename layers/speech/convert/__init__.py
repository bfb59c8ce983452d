"""Whisper's weights, as CTranslate2 keeps them, into the file that whisper.cpp loads. Needs numpy, and no torch."""
