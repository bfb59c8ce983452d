"""Which addresses of the outside world may be fetched from.

A URL comes from a stranger. Its host is resolved once, every address must be a public one, and the connection goes to
the address that was checked, so that a name can't answer differently the second time (DNS rebinding).
"""

import ipaddress
import socket
from collections.abc import Collection
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from sluice.errors import BadSource, InvalidRequest

_PORTS = {"http": 80, "https": 443}
# Python's table takes these for global: site-local, IPv4-compatible, and NAT64 of a site's own.
_INSIDE = tuple(map(ipaddress.ip_network, ("fec0::/10", "::/96", "64:ff9b:1::/48")))


class Target(NamedTuple):
    """A checked URL: where to connect, and what to ask for there."""

    scheme: str
    host: str
    address: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        bracketed = f"[{self.host}]" if ":" in self.host else self.host
        return bracketed if self.port == _PORTS[self.scheme] else f"{bracketed}:{self.port}"


def parsed(url: str) -> SplitResult:
    """An http(s) URL in its parts.

    Raises: InvalidRequest `url_invalid` for any other text.
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in _PORTS and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or any(ord(c) <= 32 for c in url):
        raise InvalidRequest("The URL must be an absolute http or https address.", field="url", code="url_invalid")
    if parts.username or parts.password:
        raise InvalidRequest("The URL must not hold a user name or password.", field="url", code="url_invalid")
    return parts


def checked(url: str, allowed_hosts: Collection[str]) -> Target:
    """Resolve and check; `allowed_hosts` (host, or host:port) may be private.

    Raises: InvalidRequest for no http(s) URL; BadSource `url_forbidden` for a private address, `url_unreachable` for an
    unknown host.
    """
    parts = parsed(url)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    addresses = _resolved(host, port)
    if not {host, f"{host}:{port}"} & set(allowed_hosts) and not all(map(is_public, addresses)):
        raise BadSource("The URL leads to an address that is not public.", code="url_forbidden")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, addresses[0], port, path)


def is_public(address: str) -> bool:
    """Whether an IP address is of the open internet, also when it is written as IPv6 around an IPv4 one."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            return is_public(str(inner))
        if ip in ipaddress.ip_network("64:ff9b::/96"):
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        if any(ip in network for network in _INSIDE):
            return False
    return ip.is_global and not ip.is_multicast


def file_name(url: str) -> str:
    """A harmless name for what a URL leads to."""
    last = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
    return "".join(c if c.isalnum() or c in "._-" else "_" for c in last)[-100:].lstrip(".") or "source"


def _resolved(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise BadSource(f"The host {host!r} is not known.", code="url_unreachable") from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
