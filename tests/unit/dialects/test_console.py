"""The console as it is served: who is answered, what with, and that its files belong together."""

import hashlib
import json
import re

import pytest
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from sluice.dialects import console, dialect_of
from sluice.dialects.console import site
from sluice.dialects.console.routes import content_security_policy
from tests.gateway import as_event
from tests.template import ROOT

FOLDER = ROOT / "console"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def owner(method: str, target: str, **headers: str) -> str:
    return dialect_of(APIGatewayProxyEventV2(as_event(method, target, headers, b""))).name


@pytest.mark.parametrize(
    ("target", "headers"), [("/", BROWSER), ("/console", {}), ("/console/", {}), ("/console/0/app.js", {})]
)
def test_the_console_owns_its_files_and_a_browsers_root(target: str, headers: dict[str, str]) -> None:
    assert owner("GET", target, **headers) == "console"


@pytest.mark.parametrize(
    ("method", "target", "headers"),
    [
        ("GET", "/", {}),
        ("POST", "/", BROWSER),
        ("GET", "/?Action=DescribeTasks", BROWSER),
        ("GET", "/", {**BROWSER, "X-TC-Action": "DescribeTasks"}),
        ("GET", "/", {**BROWSER, "Authorization": "TC3-HMAC-SHA256 Credential=a"}),
        ("GET", "/consoles", {}),
        ("GET", "/tasks", BROWSER),
    ],
)
def test_clients_of_the_api_are_left_alone(method: str, target: str, headers: dict[str, str]) -> None:
    assert owner(method, target, **headers) != "console"


def test_nothing_that_is_no_file_of_the_console_is_given_out() -> None:
    assert {"index.html", "app.js", "vendor/hls.js"} <= site.names()
    assert not any(name.endswith((".py", "Makefile")) for name in site.names())
    assert all(site.file(name) is None for name in ("../template.yaml", "Makefile", "__init__.py", "/etc/passwd"))


def test_the_page_names_a_version_that_changes_with_any_file() -> None:
    page = site.file(site.PAGE)

    assert page and f"{site.version()}/app.js".encode() in page.plain and site.VERSION.encode() not in page.plain


def test_the_page_loads_ahead_all_that_is_needed_at_first_and_no_more() -> None:
    ahead = set(re.findall(r'modulepreload" href="\{version\}/([^"]+)', (FOLDER / "index.html").read_text()))

    assert ahead == needed("app.js") - {"app.js"}


def needed(name: str, found: frozenset[str] = frozenset()) -> set[str]:
    """A module and all that it imports at once."""
    known = set(found) | {name}
    if name.startswith("vendor/"):
        return known
    for target in re.findall(r'^import [^;]*?from "([^"]+)"', (FOLDER / name).read_text(), re.MULTILINE):
        path = str(((FOLDER / name).parent / target).resolve().relative_to(FOLDER))
        if path not in known:
            known |= needed(path, frozenset(known))
    return known


def test_every_module_is_there_and_used() -> None:
    modules = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.js")}
    lazily = {
        str((path.parent / target).resolve().relative_to(FOLDER))
        for path in FOLDER.rglob("*.js")
        if "vendor" not in path.parts
        for target in re.findall(r'import\("([^"]+)"\)', path.read_text())
    }

    assert lazily <= modules
    assert set().union(*(needed(name) for name in {"app.js", *lazily})) == modules


def test_nothing_is_written_into_the_page_as_html() -> None:
    own = [path for path in FOLDER.rglob("*.js") if "vendor" not in path.parts]
    dangerous = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|dangerouslySet|document\.write|\beval\(|new Function"
    )

    assert [path.name for path in own if dangerous.search(path.read_text())] == []
    assert not re.search(r"<style|style=|onclick=|<script(?! type=\"module\" src)", (FOLDER / "index.html").read_text())


def test_the_policy_names_the_buckets_and_nobody_else() -> None:
    policy = content_security_policy(("https://media.example", "https://outputs.example"))

    assert "connect-src 'self' https://media.example https://outputs.example;" in policy
    assert "unsafe" not in policy and "*" not in policy


def test_what_is_vendored_is_what_was_recorded() -> None:
    told = json.loads((FOLDER / "vendor" / "vendor.json").read_text())
    wanted = json.loads((ROOT / "tools" / "vendor" / "package.json").read_text())["dependencies"]
    licences = (FOLDER / "vendor" / "LICENSES.txt").read_text()

    for file in told["files"]:
        assert hashlib.sha256((FOLDER / "vendor" / file["name"]).read_bytes()).hexdigest() == file["sha256"]
    versions = {(package["name"], package["version"]) for package in told["packages"]}
    assert set(wanted.items()) <= versions
    assert all(
        package["integrity"] and f"{package['name']} {package['version']}" in licences for package in told["packages"]
    )


def test_the_console_is_a_dialect_of_its_own() -> None:
    assert console.DIALECT.name == "console" and console.DIALECT.routers()
