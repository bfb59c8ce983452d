"""HLS and DASH manifests as a player of a private bucket needs them: every address in them signed. Pure.

HLS by its text (RFC 8216): a line that is no tag is a URI, and so is the attribute URI of a tag. DASH by its elements
(ISO 23009-1): its templates can't be signed, so their segments go by the play route, which redirects each.
"""

import re
from collections.abc import Callable
from urllib.parse import urlsplit
from xml.etree import ElementTree

Address = Callable[[str], str]

_URI = re.compile(r'URI="([^"]*)"')
_DASH = "urn:mpeg:dash:schema:mpd:2011"
_DASH_ADDRESSES = ("initialization", "media", "sourceURL", "index")


def hls_addresses(text: str) -> list[str]:
    """Every URI of a playlist, in its order."""
    found: list[str] = []

    def note(uri: str) -> str:
        found.append(uri)
        return uri

    hls(text, note)
    return found


def hls(text: str, address: Address) -> str:
    """The playlist with every relative URI put through `address`."""
    return "".join(_hls_line(line, address) for line in text.splitlines(keepends=True))


def _hls_line(line: str, address: Address) -> str:
    uri = line.strip()
    if uri.startswith("#EXT"):
        return _URI.sub(lambda found: f'URI="{_addressed(found[1], address)}"', line)
    if not uri or uri.startswith("#"):
        return line
    return line.replace(uri, _addressed(uri, address))


def dash(text: str, address: Address) -> str:
    """The manifest with every relative address put through `address`, templates included."""
    ElementTree.register_namespace("", _DASH)
    root = ElementTree.fromstring(text)
    for element in root.iter():
        for name in _DASH_ADDRESSES:
            if name in element.attrib:
                element.set(name, _addressed(element.attrib[name], address))
        if element.tag == f"{{{_DASH}}}BaseURL" and element.text:
            element.text = _addressed(element.text.strip(), address)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _addressed(uri: str, address: Address) -> str:
    """An absolute one is nobody's business but its server's."""
    return uri if urlsplit(uri).scheme or uri.startswith(("/", "data:")) else address(uri)
