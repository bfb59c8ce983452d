"""python -m convert --vocabulary FILE --target FILE --sha256 HASH PART..."""

import argparse
import hashlib
import sys
from pathlib import Path

from .ctranslate2 import variables
from .ggml import write_filters, write_header, write_tensors, write_tokens
from .whisper import mel_filters, sizes, tensors, token_bytes


def main() -> None:
    arguments = _arguments()
    model = variables(b"".join(part.read_bytes() for part in arguments.parts))
    # not str.splitlines: some tokens are line separators of Unicode's
    vocabulary = arguments.vocabulary.read_bytes().decode().split("\n")
    with arguments.target.open("wb") as file:
        write_header(file, sizes(model))
        write_filters(file, mel_filters(sizes(model).mel_bands))
        write_tokens(file, token_bytes(vocabulary))
        write_tensors(file, tensors(model))
    _check(arguments.target, arguments.sha256)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="convert", description="CTranslate2's Whisper to whisper.cpp's, in 8 bits.")
    parser.add_argument("parts", nargs="+", type=Path, help="model.bin, in order where it is in parts")
    parser.add_argument("--vocabulary", required=True, type=Path)
    parser.add_argument("--target", required=True, type=Path)
    parser.add_argument("--sha256", required=True, help="what the written file must be")
    return parser.parse_args()


def _check(path: Path, expected: str) -> None:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != expected:
        path.unlink()
        sys.exit(f"{path.name} has the SHA-256 {found}, expected was {expected}.")


main()
