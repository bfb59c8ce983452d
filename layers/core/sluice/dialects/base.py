"""What a dialect is: a claim on requests, routes, and a way to say what went wrong."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from sluice.errors import SluiceError


@dataclass(frozen=True)
class Dialect:
    """One API. `owns` claims a request, `routers` are loaded at its first one, `say_error` puts an error into its
    words.
    """

    name: str
    owns: Callable[[APIGatewayProxyEventV2], bool]
    routers: Callable[[], Sequence[Router]]
    say_error: Callable[[SluiceError], Response[str]]
