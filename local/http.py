"""HTTP to this machine: past any proxy of the environment, and without the certificates that only TLS needs."""

import ssl

import httpx

# The default reads every certificate authority of the system, 50 ms for a client that speaks plain HTTP.
_NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def http_client(base_url: str, *, key: str = "", timeout: float = 60) -> httpx.Client:
    """A client of the emulator, or of our API when it is given a key."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return httpx.Client(base_url=base_url, headers=headers, timeout=timeout, trust_env=False, verify=_NO_CERTIFICATES)
