import pytest

from sluice.kinds.moderation.labels import (
    REKOGNITION,
    WORDS,
    Category,
    Detection,
    from_rekognition,
    label_score,
    snake_case,
)


def test_a_label_belongs_to_the_category_of_the_top_of_its_tree() -> None:
    scores = from_rekognition(
        4.0,
        [
            Detection("Explicit", "", 97.1),
            Detection("Explicit Nudity", "Explicit", 97.1),
            Detection("Exposed Female Nipple", "Explicit Nudity", 96.4),
            Detection("Alcoholic Beverages", "Alcohol", 55.0),
            Detection("Alcohol", "", 55.0),
        ],
    )

    assert [score.category for score in scores] == [Category.NUDITY] * 3 + [Category.ALCOHOL] * 2
    assert scores[2].label == "exposed_female_nipple"
    assert {score.time for score in scores} == {4.0}


def test_a_tree_that_is_not_known_is_other_rather_than_nothing() -> None:
    scores = from_rekognition(0.0, [Detection("Jaywalking", "Street Crime", 80.0)])

    assert scores[0].category is Category.OTHER


def test_names_that_point_at_each_other_end() -> None:
    scores = from_rekognition(0.0, [Detection("A", "B", 50.0), Detection("B", "A", 50.0)])

    assert [score.category for score in scores] == [Category.OTHER, Category.OTHER]


def test_every_category_of_pictures_but_other_is_within_reach_of_rekognition() -> None:
    assert set(REKOGNITION.values()) == set(Category) - WORDS - {Category.OTHER}


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Drugs & Tobacco", "drugs_and_tobacco"),
        ("Non-Explicit Nudity", "non_explicit_nudity"),
        ("Gambling", "gambling"),
    ],
)
def test_names_become_snake_case(name: str, label: str) -> None:
    assert snake_case(name) == label


@pytest.mark.parametrize(("said", "kept"), [(99.98765, 99.99), (100.0001, 100.0), (-0.1, 0.0)])
def test_confidence_has_two_decimals_within_bounds(said: float, kept: float) -> None:
    assert label_score(0.0, Category.NUDITY, "porn", said).confidence == kept
