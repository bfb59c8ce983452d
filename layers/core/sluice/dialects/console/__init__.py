"""The console: a page for people, at /console/, from the API's own origin. A browser that asks for / is led there."""

from collections.abc import Sequence

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from sluice.dialects.base import Dialect
from sluice.dialects.native.http import say_error

HOME = "/console/"


def owns(event: APIGatewayProxyEventV2) -> bool:
    """Everything below /console; and / when a person's browser asks for it, not a client of the API that lies there."""
    path, method = event.raw_path, event.request_context.http.method
    if path == HOME.rstrip("/") or path.startswith(HOME):
        return True
    headers = event.headers
    asked_by_a_person = "text/html" in (headers.get("accept") or "") and not event.query_string_parameters
    signed = "x-tc-action" in headers or "authorization" in headers
    return path == "/" and method in ("GET", "HEAD") and asked_by_a_person and not signed


def _routers() -> Sequence[Router]:
    from sluice.dialects.console.routes import router

    return (router,)


DIALECT = Dialect(name="console", owns=owns, routers=_routers, say_error=say_error)
