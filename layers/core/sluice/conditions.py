"""The `if` of a subtask: a small language over the probe, such as `duration > 60 and not is_picture`. Pure.

Names, numbers, quoted words, `< <= > >= == != in`, `and or not` and brackets; nothing else, and no calls. It is
Python's grammar, read by Python's parser and walked here, so that nothing of it is ever executed.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

from sluice.media import MediaInfo

MOST_CHARACTERS = 300

_COMPARE: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.In: lambda item, group: item in group,
    ast.NotIn: lambda item, group: item not in group,
}


def facts(media: MediaInfo) -> dict[str, Any]:
    """What a condition may ask about, in seconds, bytes and bits per second; 0 or "" where unknown."""
    video, audio = media.main_video, media.main_audio
    width, height = video.display_size if video else (0, 0)
    return {
        "duration": media.duration or 0.0,
        "size": media.size or 0,
        "bitrate": media.bitrate or 0,
        "container": media.container,
        "is_picture": media.is_picture,
        "has_video": video is not None,
        "has_audio": audio is not None,
        "audio_tracks": len(media.audio),
        "subtitle_tracks": len(media.subtitles),
        "width": width,
        "height": height,
        "short_side": min(width, height),
        "frame_rate": float(video.frames_per_second or 0) if video else 0.0,
        "video_codec": video.codec if video else "",
        "audio_codec": audio.codec if audio else "",
        "channels": (audio.channels or 0) if audio else 0,
        "hdr": bool(video and video.hdr),
        "interlaced": bool(video and video.interlaced),
    }


NAMES = frozenset(facts(MediaInfo(container="", demuxer="")))


def checked(condition: str) -> str:
    """The condition, once it is known to be one.

    Raises: ValueError with a sentence for its writer.
    """
    if len(condition) > MOST_CHARACTERS:
        raise ValueError(f"a condition has at most {MOST_CHARACTERS} characters")
    try:
        holds(condition, MediaInfo(container="", demuxer=""))
    except (SyntaxError, RecursionError, MemoryError):
        raise ValueError(f"{condition!r} is not a condition") from None
    except TypeError:
        raise ValueError(f"{condition!r} compares things that can't be compared") from None
    return condition


def holds(condition: str, media: MediaInfo) -> bool:
    """Whether the condition is true of the source.

    Raises: ValueError, SyntaxError or TypeError for what `checked` refuses.
    """
    return bool(_value(ast.parse(condition.strip(), mode="eval").body, facts(media)))


def _value(node: ast.expr, known: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant(value=bool() | int() | float() | str() as value):
            return value
        case ast.Name(id="true" | "false" as word):
            return word == "true"
        case ast.Name(id=name):
            if name not in known:
                raise ValueError(f"{name!r} is not known; there are {', '.join(sorted(known))}")
            return known[name]
        case ast.Tuple(elts=items) | ast.List(elts=items):
            return [_value(item, known) for item in items]
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _value(operand, known)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
            return -number
        case ast.BoolOp(op=op, values=parts):
            # all of them, so that a mistake in the last is found by trying it on any file
            values = [_value(part, known) for part in parts]
            return all(values) if isinstance(op, ast.And) else any(values)
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            return _chain([_value(part, known) for part in (left, *comparators)], ops)
    raise ValueError(f"a condition can't hold {ast.unparse(node)!r}")


def _chain(values: list[Any], ops: list[ast.cmpop]) -> bool:
    """`0 < width <= 1920`, as Python reads it."""
    for compare in ops:
        if type(compare) not in _COMPARE:
            raise ValueError("a condition compares with < <= > >= == != and in")
    return all(_COMPARE[type(op)](a, b) for op, a, b in zip(ops, values, values[1:], strict=False))
