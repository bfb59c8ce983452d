"""Judges the frames that were sampled from the source."""

from sluice.kinds.moderation.run import run
from sluice.worker import worker

lambda_handler = worker({"moderation": run})
