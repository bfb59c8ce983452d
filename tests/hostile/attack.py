"""What an attack is."""

from typing import NamedTuple


class Attack(NamedTuple):
    """`family` says against what it is; `key` is the name in the bucket, where that is part of the attack."""

    name: str
    content: bytes
    family: str
    key: str = "uploads/clip.mp4"


class Lures(NamedTuple):
    """What attacks try to reach: an address that is watched, and a file that is watched, by its path."""

    url: str
    file: str
