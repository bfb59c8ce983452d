"""The languages that can be asked for, as ISO 639-1 where there is such a code: those that Whisper knows."""

AUTO = "auto"

_CODES = """
    af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he hi hr ht hu hy
    id is it ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc pa pl ps pt ro ru
    sa sd si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi yo zh
"""
LANGUAGES = frozenset(_CODES.split())

# Written without spaces between words.
UNSPACED = frozenset({"bo", "ja", "km", "lo", "my", "th", "zh"})


def known_language(value: str) -> str:
    """The language, or `auto`, in lower case.

    Raises: ValueError.
    """
    language = value.lower()
    if language != AUTO and language not in LANGUAGES:
        raise ValueError(f'{value!r} is not a language that can be heard; give "{AUTO}" or a code such as "en"')
    return language
