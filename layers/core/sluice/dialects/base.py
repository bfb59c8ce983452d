"""What a dialect is: routes, and a way to say what went wrong."""

from collections.abc import Callable
from dataclasses import dataclass

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from sluice.errors import SluiceError


@dataclass(frozen=True)
class Dialect:
    """One API. `owns(method, path)` claims a request; `say_error` puts an error into the dialect's own shape."""

    name: str
    routers: tuple[Router, ...]
    owns: Callable[[str, str], bool]
    say_error: Callable[[SluiceError], Response[str]]
