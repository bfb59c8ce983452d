from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.addresses import checked, file_name, is_public, parsed
from sluice.errors import BadSource, InvalidRequest

PUBLIC = ["93.184.215.14", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]

PRIVATE = {
    "this machine": "127.0.0.1",
    "this machine, another of its names": "127.8.8.8",
    "any address": "0.0.0.0",
    "10/8": "10.1.2.3",
    "172.16/12": "172.31.255.255",
    "192.168/16": "192.168.0.1",
    "carrier NAT": "100.64.0.1",
    "metadata service": "169.254.169.254",
    "documentation": "203.0.113.7",
    "multicast": "224.0.0.1",
    "broadcast": "255.255.255.255",
    "reserved": "240.0.0.1",
    "v6 loopback": "::1",
    "v6 any": "::",
    "v6 link-local": "fe80::1",
    "v6 link-local with a zone": "fe80::1%eth0",
    "v6 unique local": "fd00:ec2::254",
    "v6 site-local": "fec0::1",
    "v6 multicast": "ff02::1",
    "mapped loopback": "::ffff:127.0.0.1",
    "mapped metadata service": "::ffff:169.254.169.254",
    "mapped private in hexadecimal": "::ffff:a00:1",
    "compatible loopback": "::7f00:1",
    "NAT64 of a private one": "64:ff9b::10.0.0.1",
    "NAT64 of the metadata service": "64:ff9b::a9fe:a9fe",
    "local NAT64": "64:ff9b:1::808:808",
    "6to4 of a private one": "2002:a00:1::1",
    "teredo of a private one": "2001:0:808:808::f5ff:fffe",
}


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_open_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", PRIVATE.values(), ids=PRIVATE)
def test_any_other_address_is_not(address: str) -> None:
    assert not is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_is_as_public_written_as_ipv6(address: object) -> None:
    assert is_public(f"::ffff:{address}") == is_public(f"64:ff9b::{address}") == is_public(str(address))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "clip.mp4",
        "//example.com/clip.mp4",
        "ftp://example.com/clip.mp4",
        "file:///etc/passwd",
        "gopher://example.com/",
        "data:video/mp4;base64,AAAA",
        "javascript:alert(1)",
        "s3://bucket/key",
        "concat:http://example.com/a|http://example.com/b",
        "http://",
        "http:///clip.mp4",
        "https:example.com",
        "http://example.com:99999/",
        "http://example.com:0/",
        "http://example.com:port/",
        "http://[::1/",
        "http://example.com/a b.mp4",
        "http://example.com/\r\nHost: other",
        "http://example.com/\x00",
        " http://example.com/",
    ],
)
def test_what_is_no_http_address_is_refused(url: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        parsed(url)

    assert (refused.value.code, refused.value.field) == ("url_invalid", "url")


@pytest.mark.parametrize(
    "url",
    ["http://user@example.com/", "http://user:word@example.com/", "http://:word@example.com/", "http://a.com\\@b.com/"],
)
def test_a_user_name_in_the_address_is_refused(url: str) -> None:
    with pytest.raises(InvalidRequest, match="user name"):
        parsed(url)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "169.254.169.254",
        "[::1]",
        "[::ffff:169.254.169.254]",
        "[64:ff9b::a00:1]",
        "10.0.0.1:8080",
    ],
)
def test_an_address_that_leads_inside_is_refused(scheme: str, host: str) -> None:
    with pytest.raises(BadSource) as refused:
        checked(f"{scheme}://{host}/latest/meta-data/", [""])

    assert refused.value.code == "url_forbidden"


@pytest.mark.parametrize("allowed", ["127.0.0.1", "127.0.0.1:8080"])
def test_an_allowed_host_may_be_inside(allowed: str) -> None:
    target = checked("http://127.0.0.1:8080/clip.mp4?x=1#end", ["", allowed])

    assert target == ("http", "127.0.0.1", "127.0.0.1", 8080, "/clip.mp4?x=1")


@pytest.mark.parametrize("allowed", ["127.0.0.1:8081", "127.0.0.2", "localhost", ""])
def test_an_allowed_host_is_that_host_only(allowed: str) -> None:
    with pytest.raises(BadSource, match="not public"):
        checked("http://127.0.0.1:8080/clip.mp4", [allowed])


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    target = checked("https://8.8.8.8/a", [])

    assert (target.address, target.port, target.host_header) == ("8.8.8.8", 443, "8.8.8.8")


@pytest.mark.parametrize(
    ("url", "header"),
    [
        ("http://8.8.8.8:80/", "8.8.8.8"),
        ("http://8.8.8.8:8080/", "8.8.8.8:8080"),
        ("https://8.8.8.8:80/", "8.8.8.8:80"),
        ("https://[2606:4700::1111]/", "[2606:4700::1111]"),
        ("https://[2606:4700::1111]:8443/", "[2606:4700::1111]:8443"),
    ],
)
def test_the_host_header_says_the_port_where_it_is_not_the_usual_one(url: str, header: str) -> None:
    assert checked(url, []).host_header == header


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 64 + ".invalid", "..."])
def test_a_host_that_is_not_known_is_unreachable(host: str) -> None:
    with pytest.raises(BadSource) as refused:
        checked(f"http://{host}/", [])

    assert refused.value.code == "url_unreachable"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/films/clip.mp4?token=1", "clip.mp4"),
        ("/my%20film%20%281%29.mov", "my_film__1_.mov"),
        ("/..", "source"),
        ("/%2e%2e%2fetc%2fpasswd", "passwd"),
        ("/.hidden", "hidden"),
        ("", "source"),
        ("/clip/", "clip"),
    ],
)
def test_a_file_is_named_as_its_address_ends(path: str, name: str) -> None:
    assert file_name(f"http://example.com{path}") == name


@given(st.text())
def test_every_file_name_is_harmless(text: str) -> None:
    name = file_name("http://example.com/" + quote(text, errors="replace"))

    assert 1 <= len(name) <= 100
    assert not set("/\\\0 \n") & set(name) and not name.startswith(".")
