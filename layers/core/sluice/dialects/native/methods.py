"""What every path answers to methods that it hasn't: HEAD and OPTIONS as in RFC 9110 (9.3), 405 to others."""

from collections.abc import Callable, Iterable, Sequence

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from sluice.dialects.native.http import MethodNotAllowed

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY")

Route = Callable[..., Response[str]]


def router_for(routers: Iterable[Router]) -> Router:
    """Routes for all that these leave open."""
    found: dict[str, dict[str, Route]] = {}
    for router in routers:
        # a route's key is (path, methods, …)
        for key, route in router._routes.items():
            found.setdefault(key[0], {}).update(dict.fromkeys(key[1], route))
    missing = Router()
    for path, ways in found.items():
        _complete(missing, path, ways)
    return missing


def _complete(router: Router, path: str, ways: dict[str, Route]) -> None:
    allowed = [method for method in METHODS if method in (*ways, "OPTIONS") or (method == "HEAD" and "GET" in ways)]
    for method in METHODS:
        if method in ways:
            continue
        if method == "HEAD" and "GET" in ways:
            router.route(path, method=method)(_without_body(ways["GET"]))
        elif method == "OPTIONS":
            router.route(path, method=method)(_options(allowed))
        else:
            router.route(path, method=method)(_refusal(router, allowed))


def _without_body(get: Route) -> Route:
    def head(**parts: str) -> Response[str]:
        response = get(**parts)
        response.body = ""
        return response

    return head


def _options(allowed: Sequence[str]) -> Route:
    def options(**parts: str) -> Response[str]:
        return Response(status_code=204, headers={"Allow": ", ".join(allowed)}, body="")

    return options


def _refusal(router: Router, allowed: Sequence[str]) -> Route:
    def refuse(**parts: str) -> Response[str]:
        event = router.current_event
        raise MethodNotAllowed(event.http_method, event.path, allowed)

    return refuse
