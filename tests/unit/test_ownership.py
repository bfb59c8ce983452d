import pytest

from sluice.ownership import may_read


@pytest.mark.parametrize("key", ["incoming/acme/a.mp4", "uploads/acme/a.mp4"])
def test_a_tenant_may_name_what_it_has_brought(key: str) -> None:
    assert may_read("acme", key)


@pytest.mark.parametrize(
    "key", ["incoming/other/a.mp4", "uploads/a.mp4", "uploads/acmeplus/a.mp4", "logos/a.png", "incoming/"]
)
def test_a_tenant_may_name_nothing_else(key: str) -> None:
    assert not may_read("acme", key)


def test_the_owner_of_the_stack_may_name_all_but_what_others_have_brought() -> None:
    assert may_read("default", "logos/a.png") and may_read("default", "incoming/default/a.mp4")
    assert not may_read("default", "incoming/acme/a.mp4")
