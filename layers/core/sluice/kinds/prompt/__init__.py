"""prompt: a question of the caller's own to a language model."""

from pydantic import Field

from sluice.kinds.base import Kind
from sluice.kinds.language import LanguageOptions, needs, refuse, sample_times, unavailable


class PromptOptions(LanguageOptions):
    """The question, and what the model is shown."""

    prompt: str = Field(
        "What happens here? Answer in a few sentences.",
        min_length=1,
        max_length=4000,
        description="What the model is asked about the source.",
    )


KIND = Kind(
    name="prompt",
    state="Prompt",
    function="language",
    summary="A language model's answer to a question of your own about key frames and transcript.",
    options=PromptOptions,
    refuse=refuse,
    needs=needs,
    sample_times=sample_times,
    unavailable=unavailable,
)
