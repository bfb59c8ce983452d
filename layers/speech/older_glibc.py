"""Lets the wheels' libraries load on Amazon Linux 2 (glibc 2.26), where Lambda's python3.11 runs.

What keeps them away is one version: expf, logf, log2f and powf of glibc 2.27's libm. It has the same functions under
their first version (2.2.5) too, where they set errno besides, and so have all others; the libraries are made to ask for
that one. Whatever else is newer than Amazon Linux 2 ends the build.

ELF's tables: https://refspecs.linuxbase.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic/symversion.html
"""

import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

NEW, FIRST = "GLIBC_2.27", "GLIBC_2.2.5"
SAME_IN_FIRST = {"expf", "exp2f", "logf", "log2f", "powf"}
# Amazon Linux 2's own: glibc 2.26, and the libstdc++ of GCC 7
NEWEST = {"GLIBC": (2, 26), "GLIBCXX": (3, 4, 24), "CXXABI": (1, 3, 11)}

_DYNSYM, _VERSYM, _VERNEED = 11, 0x6FFFFFFF, 0x6FFFFFFE


class Section(NamedTuple):
    """As in ELF's table of sections; `link` is the number of the section that it speaks of."""

    kind: int
    offset: int
    size: int
    link: int


class Need(NamedTuple):
    """One version that a library asks for: `offset` of its entry, `number` by which symbols name it."""

    version: str
    number: int
    offset: int


class Library:
    """A 64-bit little-endian ELF file, held as bytes that can be changed."""

    def __init__(self, data: bytes):
        self.data = bytearray(data)
        (table,) = self._numbers("Q", 40)
        size, count = self._numbers("HH", 58)
        self._sections = [self._section(table + number * size) for number in range(count)]

    def needs(self) -> Iterator[Need]:
        """The versions asked for, of all libraries."""
        section = self._only(_VERNEED)
        if not section:
            return
        at, ahead = section.offset, 1
        while ahead:
            _, count, _, first, ahead = self._numbers("HHIII", at)
            entry = at + first
            for _ in range(count):
                _, _, index, name, following = self._numbers("IHHII", entry)
                yield Need(self._text(section, name), index, entry)
                entry += following
            at += ahead

    def symbols_of(self, index: int) -> set[str]:
        """The symbols that are asked for in this version."""
        versions, symbols = self._only(_VERSYM), self._only(_DYNSYM)
        if not versions or not symbols:
            return set()
        indexes = self._numbers(f"{versions.size // 2}H", versions.offset)
        names = (self._numbers("I", symbols.offset + number * 24)[0] for number in range(len(indexes)))
        return {self._text(symbols, name) for name, used in zip(names, indexes, strict=True) if used & 0x7FFF == index}

    def ask_for(self, need: Need, version: str) -> None:
        """Write another version into the entry; its name must be among the library's texts already."""
        section = self._only(_VERNEED)
        assert section, "the entry lies in it"
        texts = self._sections[section.link]
        name = self.data.index(b"\0" + version.encode() + b"\0", texts.offset, texts.offset + texts.size) + 1
        struct.pack_into("<I", self.data, need.offset, elf_hash(version))
        struct.pack_into("<I", self.data, need.offset + 8, name - texts.offset)

    def _only(self, kind: int) -> Section | None:
        return next((section for section in self._sections if section.kind == kind), None)

    def _section(self, at: int) -> Section:
        _, kind, _, _, offset, size, link = self._numbers("IIQQQQI", at)
        return Section(kind, offset, size, link)

    def _text(self, section: Section, offset: int) -> str:
        start = self._sections[section.link].offset + offset
        return self.data[start : self.data.index(0, start)].decode()

    def _numbers(self, form: str, at: int) -> tuple[int, ...]:
        return struct.unpack_from(f"<{form}", self.data, at)


def elf_hash(name: str) -> int:
    """The hash by which the loader compares versions."""
    value = 0
    for byte in name.encode():
        value = (value << 4) + byte
        high = value & 0xF0000000
        value = (value ^ (high >> 24)) & ~high
    return value


def made_older(data: bytes) -> bytes:
    """The library with the one new version replaced.

    Raises: ValueError when it needs anything else that Amazon Linux 2 hasn't got.
    """
    library = Library(data)
    for need in list(library.needs()):
        if need.version == NEW and library.symbols_of(need.number) <= SAME_IN_FIRST:
            library.ask_for(need, FIRST)
    if new := sorted({need.version for need in library.needs() if is_too_new(need.version)}):
        raise ValueError(f"needs {', '.join(new)}")
    return bytes(library.data)


def is_too_new(version: str) -> bool:
    family, _, number = version.partition("_")
    return family in NEWEST and tuple(map(int, number.split("."))) > NEWEST[family]


def main(folder: Path) -> None:
    for path in sorted(folder.rglob("*.so*")):
        try:
            path.write_bytes(made_older(path.read_bytes()))
        except ValueError as error:
            sys.exit(f"{path.name} doesn't load on Amazon Linux 2: it {error}.")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
