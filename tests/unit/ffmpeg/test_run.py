from hypothesis import given
from hypothesis import strategies as st

from sluice.ffmpeg.run import useful_lines

SIGNED = "https://media.s3.amazonaws.com/uploads/a.mp4?X-Amz-Credential=AKIA&X-Amz-Signature=0123abcd"


def test_an_address_is_cut_out_because_it_is_a_secret() -> None:
    lines = useful_lines([f"Error opening input file {SIGNED}.", f"[in#0 @ 0x55] {SIGNED}: Invalid data found"])

    assert lines == ("Error opening input file <source>", "[in#0 @ 0x55] <source> Invalid data found")


@given(st.lists(st.text(max_size=40)), st.text(alphabet="abc XYZ:'\"()", max_size=10))
def test_no_signature_is_ever_left(texts: list[str], after: str) -> None:
    lines = useful_lines([f"{text}{SIGNED}{after}" for text in texts])

    assert "X-Amz" not in "".join(lines)


def test_noise_and_repetitions_are_left_out() -> None:
    log = ["", "  ", "[https @ 0x1] Will reconnect", "a", "a", "Last message repeated 7 times", "b", "a"]

    assert useful_lines(log) == ("a", "b")


def test_the_last_lines_are_kept_and_cut() -> None:
    lines = useful_lines([f"{number} {'x' * 1000}" for number in range(50)])

    assert [line.split()[0] for line in lines] == [str(number) for number in range(40, 50)]
    assert all(len(line) == 300 for line in lines)
