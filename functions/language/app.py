"""Language: what a language model makes of the transcript and key frames."""

from sluice.kinds.description.run import run as description
from sluice.kinds.outline.run import run as outline
from sluice.kinds.prompt.run import run as prompt
from sluice.worker import worker

lambda_handler = worker({"description": description, "outline": outline, "prompt": prompt})
