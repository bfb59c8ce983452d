"""Values inside a filter graph, such that none of their characters is read as a part of it. Pure.

https://ffmpeg.org/ffmpeg-filters.html#Notes-on-filtergraph-escaping: once for the filter's list of options, once more
for the graph. There is no shell, which would ask for a third time.
"""

import re
from pathlib import Path


def escaped(value: str | Path) -> str:
    """The value of a filter's option, ready to stand in a graph."""
    in_options = re.sub(r"([\\':])", r"\\\1", str(value))
    return re.sub(r"([\\'\[\],;])", r"\\\1", in_options)


def escaped_parameter(value: str | Path) -> str:
    """The value of one of an encoder's own parameters (`-x265-params name=value:name=value`)."""
    return re.sub(r"([\\':=])", r"\\\1", str(value))
