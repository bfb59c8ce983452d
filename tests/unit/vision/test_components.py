import numpy
import pytest

from sluice.vision.components import Region, regions


def mask(*rows: str) -> numpy.ndarray[tuple[int, int], numpy.dtype[numpy.bool_]]:
    return numpy.array([[pixel == "#" for pixel in row] for row in rows])


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["....", "...."], []),
        (["####"], [Region(0, 0, 4, 1)]),
        (["##.#", "##.#"], [Region(0, 0, 2, 2), Region(3, 0, 4, 2)]),
        (["#.#", "###"], [Region(0, 0, 3, 2)]),
        (["#.#.#", "#.#.#", "#####"], [Region(0, 0, 5, 3)]),
        (["#.", ".#"], [Region(0, 0, 1, 1), Region(1, 1, 2, 2)]),
        ([".##", "##.", "..#"], [Region(0, 0, 3, 2), Region(2, 2, 3, 3)]),
    ],
)
def test_pixels_that_touch_by_a_side_are_one_region(rows: list[str], expected: list[Region]) -> None:
    assert sorted(regions(mask(*rows))) == sorted(expected)


def test_a_spiral_is_one_region() -> None:
    assert regions(mask("#####", "....#", "###.#", "#...#", "#####")) == [Region(0, 0, 5, 5)]
