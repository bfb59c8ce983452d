"""/console/: the page, never kept, its files, kept for good below the version that it names, and who is asking."""

from functools import cache
from urllib.parse import urlsplit

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from sluice.aws import files
from sluice.dialects.console import HOME, site
from sluice.errors import RouteNotFound
from sluice.keys import Scope
from sluice.settings import settings

router = Router()

_ALWAYS = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"


@router.route("/", method=["GET", "HEAD"])
@router.route("/console", method=["GET", "HEAD"])
def lead_home() -> Response[str]:
    return Response(302, "text/plain", "", {"Location": HOME, "Vary": "Accept"})


@router.route("/console/", method=["GET", "HEAD"])
def page() -> Response[bytes]:
    return _sent(site.PAGE, _ASK_AGAIN)


@router.get("/console/me")
def me() -> Response[str]:
    """Whose key it is that asks, how far it reaches, and the one bucket that files are read from."""
    from sluice.dialects.native.http import answer, key_with

    key = key_with(Scope.READ)
    told = key.model_dump(mode="json", include={"id", "name", "scope", "tenant"})
    return answer(200, {**told, "bucket": settings().media_bucket})


@router.route("/console/<version>/.+", method=["GET", "HEAD"])
def file(version: str) -> Response[bytes]:
    """Of another version: a page that was opened before the last deployment gets what there is now."""
    name = router.current_event.path.split("/", 3)[3]
    return _sent(name, _ALWAYS if version == site.version() else _ASK_AGAIN)


def _sent(name: str, keep: str) -> Response[bytes]:
    found = site.file(name)
    if found is None:
        raise RouteNotFound("There is no such file in the console.")
    headers = {**_headers(found, keep), "Cache-Control": keep}
    asked = router.current_event.headers
    if found.etag in (asked.get("if-none-match") or ""):
        return Response(304, found.type, b"", headers)
    if "gzip" in (asked.get("accept-encoding") or ""):
        return Response(200, found.type, found.compressed, {**headers, "Content-Encoding": "gzip"})
    return Response(200, found.type, found.plain, headers)


def _headers(found: site.File, keep: str) -> dict[str, str]:
    common = {"ETag": found.etag, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
    if not found.type.startswith("text/html"):
        return common
    return {
        **common,
        "Content-Security-Policy": content_security_policy(_file_origins()),
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "X-Frame-Options": "DENY",
    }


def content_security_policy(origins: tuple[str, ...]) -> str:
    """Nothing but the console's own files, the API, and the buckets. `blob:` is what hls.js feeds a player with."""
    buckets = " ".join(origins)
    rules = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": f"'self' data: {buckets}",
        "media-src": f"'self' blob: {buckets}",
        "connect-src": f"'self' {buckets}",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


@cache
def _file_origins() -> tuple[str, ...]:
    """Where signed URLs of the two buckets lead."""
    buckets = (settings().media_bucket, settings().output_bucket)
    urls = (urlsplit(files.signed_url(bucket, "file", seconds=60)) for bucket in buckets)
    return tuple(dict.fromkeys(f"{url.scheme}://{url.netloc}" for url in urls))
