"""Languages as containers name them (ISO 639-2) and as manifests want them (BCP 47), with the name that menus show."""

import re
from collections.abc import Iterable

# code in containers (two where the standard has two) → tag in manifests, name
_LANGUAGES = """
ara ar Arabic; ben bn Bengali; bul bg Bulgarian; cat ca Catalan; ces cs Czech; cze cs Czech; chi zh Chinese;
zho zh Chinese; dan da Danish; deu de German; ger de German; ell el Greek; gre el Greek; eng en English;
est et Estonian; fas fa Persian; per fa Persian; fin fi Finnish; fra fr French; fre fr French; heb he Hebrew;
hin hi Hindi; hrv hr Croatian; hun hu Hungarian; ind id Indonesian; isl is Icelandic; ice is Icelandic;
ita it Italian; jpn ja Japanese; kor ko Korean; lav lv Latvian; lit lt Lithuanian; msa ms Malay; may ms Malay;
nld nl Dutch; dut nl Dutch; nor no Norwegian; nob nb Norwegian; pol pl Polish; por pt Portuguese; ron ro Romanian;
rum ro Romanian; rus ru Russian; slk sk Slovak; slo sk Slovak; slv sl Slovenian; spa es Spanish; srp sr Serbian;
swe sv Swedish; tam ta Tamil; tha th Thai; tur tr Turkish; ukr uk Ukrainian; urd ur Urdu; vie vi Vietnamese
"""
_ROWS = [row.split() for row in _LANGUAGES.replace("\n", " ").split(";")]
_TAGS = {code: tag for code, tag, _ in _ROWS}
_NAMES = {tag: name for _, tag, name in _ROWS}
_UNKNOWN = {"und", "unk", "mis", "zxx", "mul", "qaa"}
_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def tag(code: str | None) -> str | None:
    """The BCP 47 tag for what a container says, or None when that says nothing."""
    if not code or code.lower() in _UNKNOWN or not _TAG.fullmatch(code):
        return None
    return _TAGS.get(code, code)


def name(language: str | None) -> str | None:
    """English name of a tag, as far as we know it: `pt-BR` is Portuguese (BR)."""
    if language is None:
        return None
    primary, _, rest = language.partition("-")
    known = _NAMES.get(primary, primary)
    return f"{known} ({rest})" if rest else known


def distinct(names: Iterable[str]) -> list[str]:
    """Menu entries that can be told apart: English, English 2, …"""
    seen: dict[str, int] = {}
    told = []
    for entry in names:
        seen[entry] = seen.get(entry, 0) + 1
        told.append(entry if seen[entry] == 1 else f"{entry} {seen[entry]}")
    return told
