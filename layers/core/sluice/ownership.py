"""Whose files are whose in the media bucket. Pure.

What a tenant brings by its key lies under `incoming/<tenant>/`; a tenant's own part of the uploads is
`uploads/<tenant>/`. All else in the bucket is the owner's of the stack, to whom it belongs.
"""

OWNER = "default"
INCOMING = "incoming/"
UPLOADS = "uploads/"


def may_read(tenant: str, key: str) -> bool:
    """Whether a request of this tenant may name this key. Whether there is such a file makes no difference to the
    answer.
    """
    if key.startswith(INCOMING):
        return key.startswith(f"{INCOMING}{tenant}/")
    return tenant == OWNER or key.startswith(f"{UPLOADS}{tenant}/")
