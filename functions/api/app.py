"""API: every dialect on one Lambda. The only place where errors become HTTP."""

# ruff: noqa: E402
import gc

# nothing that is imported becomes garbage: looking for some takes a seventh of a cold start
gc.disable()

import re
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import BotoCoreError, ClientError

from sluice.dialects import dialect_of
from sluice.dialects.base import Dialect
from sluice.errors import RouteNotFound, SluiceError, Unavailable

gc.freeze()
gc.enable()

logger = Logger(service="api")


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    # one of the clients really asks for //v1/status
    event["rawPath"] = re.sub("/{2,}", "/", event["rawPath"])
    dialect = dialect_of(APIGatewayProxyEventV2(event))
    answer = app_of(dialect).resolve(event, context)
    method = event["requestContext"]["http"]["method"]
    logger.info("answered", dialect=dialect.name, status=answer["statusCode"], method=method)
    return answer


@cache
def app_of(dialect: Dialect) -> APIGatewayHttpResolver:
    """A dialect's routes, and its words for whatever goes wrong; made at its first request."""
    app = APIGatewayHttpResolver()
    for router in dialect.routers():
        app.include_router(router)

    @app.not_found
    def no_route(error: NotFoundError) -> Response[str]:
        event = app.current_event
        return dialect.say_error(RouteNotFound(f"There is nothing at {event.http_method} {event.path}."))

    @app.exception_handler(SluiceError)
    def expected(error: SluiceError) -> Response[str]:
        return dialect.say_error(error)

    @app.exception_handler([ClientError, BotoCoreError])
    def aws_is_away(error: Exception) -> Response[str]:
        logger.exception("a service did not answer")
        message = "A service that this API stands on did not answer. Try again in a moment."
        return dialect.say_error(Unavailable(message))

    @app.exception_handler(Exception)
    def unexpected(error: Exception) -> Response[str]:
        logger.exception("unexpected")
        return dialect.say_error(SluiceError("Something went wrong on our side. It has been logged."))

    return app
