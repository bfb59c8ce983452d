from hypothesis import given
from hypothesis import strategies as st

from local.mends import first_keys

words = st.text("ab", max_size=4)


@given(st.sets(words), words, st.none() | words, st.booleans(), st.none() | st.integers(1, 5))
def test_no_key_that_a_page_shows_is_missed(
    keys: set[str], begins: str, start: str | None, forward: bool, most: int | None
) -> None:
    found = list(first_keys(keys, begins=begins, start=start, forward=forward, most=most))

    behind = [key for key in keys if start is None or (key > start if forward else key < start)]
    page = sorted((key for key in behind if key.startswith(begins)), reverse=not forward)[:most]
    assert [key for key in found if key != start][:most] == page
    assert len(found) <= len(page) + 1
