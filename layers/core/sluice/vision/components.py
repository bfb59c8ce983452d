"""The connected regions of a mask, without OpenCV: runs of each row, joined with those they touch in the row above."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Mask = NDArray[numpy.bool_]


class Region(NamedTuple):
    """The bounds of a region, `right` and `bottom` past its last pixel."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top


class _Run(NamedTuple):
    """Pixels [left, right) of a row, and the number of their region, which may have become part of another."""

    left: int
    right: int
    number: int


def regions(mask: "Mask") -> list[Region]:
    """The bounds of each region of True pixels that touch by a side."""
    merged: list[int] = []
    bounds: dict[int, Region] = {}
    above: list[_Run] = []
    for row, runs in enumerate(_runs(mask)):
        above = [_placed(left, right, row, above, merged, bounds) for left, right in runs]
    return list(bounds.values())


def _runs(mask: "Mask") -> list[list[tuple[int, int]]]:
    """Of each row the stretches [left, right) that are True."""
    import numpy

    bordered = numpy.pad(mask.astype(numpy.int8), ((0, 0), (1, 1)))
    steps = numpy.diff(bordered, axis=1)
    rows: list[list[tuple[int, int]]] = [[] for _ in range(mask.shape[0])]
    # Starts and ends alternate, so that the nth of the one belongs to the nth of the other.
    starts, ends = numpy.argwhere(steps == 1), numpy.argwhere(steps == -1)
    for (row, left), (_, right) in zip(starts.tolist(), ends.tolist(), strict=True):
        rows[row].append((left, right))
    return rows


def _placed(left: int, right: int, row: int, above: list[_Run], merged: list[int], bounds: dict[int, Region]) -> _Run:
    """The run with its region's number: one of those that it touches, or a new one. Those it touches become one."""
    touched = {_root(run.number, merged) for run in above if run.left < right and left < run.right}
    number = min(touched, default=len(merged))
    if not touched:
        merged.append(number)
    parts = [bounds.pop(each) for each in touched]
    for each in touched:
        merged[each] = number
    bounds[number] = _joined([*parts, Region(left, row, right, row + 1)])
    return _Run(left, right, number)


def _root(number: int, merged: list[int]) -> int:
    while merged[number] != number:
        number = merged[number]
    return number


def _joined(parts: list[Region]) -> Region:
    lefts, tops, rights, bottoms = zip(*parts, strict=True)
    return Region(min(lefts), min(tops), max(rights), max(bottoms))
