"""The embedded speech models, beside this file once the layer is built."""

from pathlib import Path

NAME = "whisper base q8_0"
WHISPER = Path(__file__).with_name("ggml-base-q8_0.bin")
VOICES = Path(__file__).with_name("ggml-silero-v6.2.0.bin")
