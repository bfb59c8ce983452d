"""The table of dialects: the APIs that Sluice answers to. The first whose `owns` says yes answers a request."""

from sluice.dialects import native
from sluice.dialects.base import Dialect

DIALECTS: tuple[Dialect, ...] = (native.DIALECT,)


def dialect_of(method: str, path: str) -> Dialect:
    """The dialect that a request is in; the last of the table, the native one, owns all that is left."""
    return next(dialect for dialect in DIALECTS if dialect.owns(method, path))
