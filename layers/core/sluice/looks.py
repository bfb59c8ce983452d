"""What a file is by the sight of its first bytes. Pure; a guess that is good enough to refuse the plainly wrong."""

# https://en.wikipedia.org/wiki/List_of_file_signatures
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"\xff\x0a", b"qoif")
_PICTURE_BRANDS = (b"avif", b"avis", b"heic", b"heix", b"mif1", b"msf1")
_TEXTS = {
    b"#EXTM3U": "a playlist",
    b"ffconcat": "a concat script",
    b"<MPD": "a DASH manifest",
    b"<svg": "an SVG drawing",
    b"[playlist]": "a playlist",
    b"WEBVTT": "a subtitle file",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a zip archive",
    b"\x7fELF": "a program",
}


def refused_as_source(head: bytes) -> str | None:
    """What a file is that can't be a source, or None; gives a better sentence than «invalid data»."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    for signature, name in _TEXTS.items():
        if start.startswith(signature):
            return name
    if start.startswith(b"<?xml"):
        return next((_TEXTS[tag] for tag in (b"<MPD", b"<svg") if tag in start), "an XML file")
    return None


def looks_like(expected: str, head: bytes) -> bool:
    """Whether it may be a `picture`, `subtitles` (text) or `media` (anything that isn't plainly something else)."""
    if expected == "picture":
        return is_picture(head)
    if expected == "subtitles":
        return bool(head.strip()) and b"\0" not in head
    return bool(head) and refused_as_source(head) is None


def is_picture(head: bytes) -> bool:
    riff_webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    iso_picture = head[4:8] == b"ftyp" and head[8:12] in _PICTURE_BRANDS
    return head.startswith(_PICTURES) or riff_webp or iso_picture
