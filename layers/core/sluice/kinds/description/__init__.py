"""description: title, summary, description and keywords, by a language model."""

from sluice.kinds.base import Kind
from sluice.kinds.language import LanguageOptions, needs, refuse, sample_times, unavailable


class DescriptionOptions(LanguageOptions):
    """What the model is shown, and in which language it answers."""


KIND = Kind(
    name="description",
    state="Description",
    function="language",
    summary="Title, summary, description and keywords that a language model makes of key frames and transcript.",
    options=DescriptionOptions,
    refuse=refuse,
    needs=needs,
    sample_times=sample_times,
    unavailable=unavailable,
)
