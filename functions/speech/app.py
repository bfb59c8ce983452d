"""Speech: kinds that listen, and the transcript that others read."""

from sluice.kinds.subtitles.run import run as subtitles
from sluice.steps.speech import hear
from sluice.worker import worker

lambda_handler = worker({"subtitles": subtitles, "speech": hear})
