from local.places import ROOT, places, shown


def test_two_ports_share_no_file() -> None:
    default, other = places(), places(4600)

    assert default.stack_env == ROOT / ".local" / "stack.env"
    assert other.stack_env == ROOT / ".local" / "4600" / "stack.env"
    assert (default.endpoint, default.api_url) == ("http://127.0.0.1:4566", "http://127.0.0.1:4567")


def test_a_path_is_shown_as_it_would_be_typed() -> None:
    assert shown(ROOT / "samples" / "a.mp4") == "samples/a.mp4"
    assert shown(ROOT.parent / "a.mp4") == str(ROOT.parent / "a.mp4")
