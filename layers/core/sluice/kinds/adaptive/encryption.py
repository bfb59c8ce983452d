"""AES-128 as HLS has it: whole segments, CBC, PKCS#7 padding, by ffmpeg's crypto protocol. Pure but for the key."""

import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path

KEY_BYTES = 16
KEY_FILE = "encryption.key"
# Files of one ffmpeg process: enough to make its start cheap, few enough for its table of open files.
AT_ONCE = 100


def new_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def encrypt(key: bytes, files: Sequence[tuple[int, Path, Path]]) -> list[str]:
    """ffmpeg's arguments that encrypt each (number, clear file, target).

    The initialisation vector is the segment's number, as players take it when the playlist names none.
    """
    inputs = [argument for _, clear, _ in files for argument in ("-f", "data", "-i", str(clear))]
    outputs = [
        argument
        for at, (number, _, target) in enumerate(files)
        for argument in (
            *("-map", str(at), "-c", "copy", "-f", "data"),
            *("-encryption_key", key.hex(), "-encryption_iv", number.to_bytes(KEY_BYTES).hex(), f"crypto:{target}"),
        )
    ]
    return [*inputs, *outputs]


def batches(files: Sequence[tuple[int, Path, Path]]) -> Iterator[Sequence[tuple[int, Path, Path]]]:
    for start in range(0, len(files), AT_ONCE):
        yield files[start : start + AT_ONCE]


def encrypted_size(size: int) -> int:
    """Padding fills the last block of 16 bytes, and adds one when it is full."""
    return size + KEY_BYTES - size % KEY_BYTES
