"""API: every dialect on one Lambda. The only place where errors become HTTP."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import BotoCoreError, ClientError

from sluice.dialects import DIALECTS, dialect_of
from sluice.errors import RouteNotFound, SluiceError, Unavailable

logger = Logger(service="api")
app = APIGatewayHttpResolver()
for dialect in DIALECTS:
    for router in dialect.routers:
        app.include_router(router)


def say(error: SluiceError) -> Response[str]:
    event = app.current_event
    return dialect_of(event.http_method, event.path).say_error(error)


@app.not_found
def no_route(error: NotFoundError) -> Response[str]:
    return say(RouteNotFound(f"There is nothing at {app.current_event.http_method} {app.current_event.path}."))


@app.exception_handler(SluiceError)
def expected(error: SluiceError) -> Response[str]:
    return say(error)


@app.exception_handler([ClientError, BotoCoreError])
def aws_is_away(error: Exception) -> Response[str]:
    logger.exception("a service did not answer")
    return say(Unavailable("A service that this API stands on did not answer. Try again in a moment."))


@app.exception_handler(Exception)
def unexpected(error: Exception) -> Response[str]:
    logger.exception("unexpected")
    return say(SluiceError("Something went wrong on our side. It has been logged."))


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    answer = app.resolve(event, context)
    logger.info("answered", status=answer["statusCode"], method=app.current_event.http_method)
    return answer
