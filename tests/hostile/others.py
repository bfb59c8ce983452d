"""What isn't media at all."""

import gzip
import io
import tarfile
import zipfile
from collections.abc import Iterator

from tests.hostile.attack import Attack, Lures


def attacks(lures: Lures) -> Iterator[Attack]:
    for name, content in {**_archives(lures), **_documents(lures), **_raw()}.items():
        yield Attack(name, content, "other")


def _archives(lures: Lures) -> dict[str, bytes]:
    packed, taped = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../../tmp/film.mp4", bytes(50_000_000))
    with tarfile.open(fileobj=taped, mode="w") as archive_of_links:
        link = tarfile.TarInfo("film.mp4")
        link.type, link.linkname = tarfile.SYMTYPE, lures.file
        archive_of_links.addfile(link)
    return {
        "zip": packed.getvalue(),
        "gzip": gzip.compress(bytes(50_000_000)),
        "tar of a link": taped.getvalue(),
        "seven zip": b"7z\xbc\xaf\x27\x1c\0\4" + bytes(200),
        "disc image": bytes(32_768) + b"\1CD001\1" + bytes(2000),
    }


def _documents(lures: Lures) -> dict[str, bytes]:
    return {
        "pdf": b"%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/URI/URI(" + lures.url.encode() + b")>>>>endobj\n",
        "postscript": f"%!PS-Adobe-3.0\n({lures.file}) (r) file 100 string readstring pop show\n".encode(),
        "program": b"\x7fELF\2\1\1" + bytes(200),
        "script": f"#!/bin/sh\ncurl {lures.url}/script\n".encode(),
        "drawing script": f"push graphic-context\nfill 'url({lures.url}/mvg)'\npop graphic-context\n".encode(),
        "json": b"[" * 100_000,
        "rich text": b"{\\rtf1{\\field{\\*\\fldinst INCLUDEPICTURE " + lures.url.encode() + b"}}}",
        "mail": f"MIME-Version: 1.0\nContent-Type: multipart/x-mixed-replace;boundary=x\n\n--x\n{lures.url}".encode(),
        "ansi art": b"\x1b[31m" + f"{lures.file}\n".encode() * 200,
    }


def _raw() -> dict[str, bytes]:
    return {
        "empty": b"",
        "one byte": b"\0",
        "one letter": b"A",
        "noughts": bytes(1_000_000),
        "ones": b"\xff" * 1_000_000,
        "sync bytes": (b"\x47" + bytes(187)) * 2000,
        "start codes": b"\0\0\1\xba\0\0\1\xe0" * 20_000,
        "parameter sets": b"\0\0\0\1\x67\x64\xff\xff" * 20_000,
        "endless line": b"a" * 2_000_000,
    }
