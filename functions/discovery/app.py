"""Discovery: what is in the source, from its frames, shots and transcript."""

from sluice.kinds.discovery.run import run as discovery
from sluice.worker import worker

lambda_handler = worker({"discovery": discovery})
