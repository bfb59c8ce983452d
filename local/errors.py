"""What a user of the local cloud can be told instead of a traceback."""


class CloudFailed(Exception):
    """The local cloud could not do it; the message says why, and what to do."""
