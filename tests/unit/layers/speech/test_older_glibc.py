"""A library of four tables, made by hand; those of the wheels are checked whenever the layer is built."""

import struct

import pytest

from layers.speech.older_glibc import FIRST, NEW, Library, elf_hash, is_too_new, made_older


def a_library(version: str, *symbols: str) -> bytes:
    """An ELF file that needs these symbols in this version, and the first version of something else."""
    texts = b"\0libm.so.6\0" + f"{FIRST}\0{version}\0".encode()
    places = []
    for symbol in symbols:
        places.append(len(texts))
        texts += symbol.encode() + b"\0"
    entries = struct.pack("<HHIII", 1, 2, 1, 16, 0)
    entries += struct.pack("<IHHII", elf_hash(version), 0, 13, texts.index(version.encode()), 16)
    entries += struct.pack("<IHHII", elf_hash(FIRST), 0, 5, texts.index(FIRST.encode()), 0)
    dynsym = b"".join(struct.pack("<IBBHQQ", place, 0x12, 0, 0, 0, 0) for place in places)
    versym = struct.pack(f"<{len(places)}H", *[13] * len(places))
    tables = [(3, texts, 0), (11, dynsym, 0), (0x6FFFFFFF, versym, 1), (0x6FFFFFFE, entries, 0)]
    header, body, content = bytearray(64), b"", b""
    for kind, data, link in tables:
        body += struct.pack("<IIQQQQIIQQ", 0, kind, 0, 0, 64 + len(content), len(data), link, 0, 0, 0)
        content += data
    header[:4] = b"\x7fELF"
    struct.pack_into("<Q", header, 40, 64 + len(content))
    struct.pack_into("<HH", header, 58, 64, len(tables))
    return bytes(header) + content + body


def versions(data: bytes) -> set[str]:
    return {need.version for need in Library(data).needs()}


def test_functions_that_were_there_before_are_asked_for_in_their_first_version() -> None:
    library = a_library(NEW, "expf", "powf")

    older = made_older(library)

    assert versions(library) == {NEW, FIRST}
    assert versions(older) == {FIRST}
    assert len(older) == len(library)
    assert made_older(older) == older


def test_a_function_that_is_new_ends_the_build() -> None:
    with pytest.raises(ValueError, match=r"needs GLIBC_2\.27"):
        made_older(a_library(NEW, "expf", "copy_file_range"))


def test_a_version_that_is_newer_still_ends_the_build() -> None:
    with pytest.raises(ValueError, match=r"needs GLIBC_2\.29"):
        made_older(a_library("GLIBC_2.29", "expf"))


def test_a_library_that_loads_is_left_as_it_is() -> None:
    library = a_library("GLIBC_2.14", "memcpy")

    assert made_older(library) == library


def test_the_hash_is_that_of_the_loader() -> None:
    assert elf_hash("GLIBC_2.2.5") == 0x09691A75


@pytest.mark.parametrize(
    ("version", "too_new"),
    [
        ("GLIBC_2.26", False), ("GLIBC_2.3.4", False), ("GLIBC_2.27", True), ("GLIBCXX_3.4.24", False),
        ("GLIBCXX_3.4.25", True), ("CXXABI_1.3.11", False), ("CXXABI_1.3.12", True), ("GOMP_5.0", False),
    ],
)  # fmt: skip
def test_new_is_what_amazon_linux_2_has_not_got(version: str, too_new: bool) -> None:
    assert is_too_new(version) is too_new
