"""The Qencode API at /v1/…, and the TUS uploads that belong to it, which have errors of their own."""

from collections.abc import Sequence

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from sluice.dialects.base import Dialect
from sluice.errors import SluiceError

UPLOADS_PATH = "/v1/upload_file"


def _owns(event: APIGatewayProxyEventV2) -> bool:
    return event.raw_path.startswith("/v1/")


def _owns_uploads(event: APIGatewayProxyEventV2) -> bool:
    return event.raw_path == UPLOADS_PATH or event.raw_path.startswith(f"{UPLOADS_PATH}/")


def _routers() -> Sequence[Router]:
    from sluice.dialects.qencode import routes

    return (routes.router,)


def _upload_routers() -> Sequence[Router]:
    from sluice.dialects.qencode import uploads

    return (uploads.router,)


def _say_error(error: SluiceError) -> Response[str]:
    from sluice.dialects.qencode.http import say_error

    return say_error(error)


def _say_upload_error(error: SluiceError) -> Response[str]:
    from sluice.dialects.qencode.uploads import say_error

    return say_error(error)


DIALECT = Dialect(name="qencode", owns=_owns, routers=_routers, say_error=_say_error)
UPLOADS = Dialect(name="tus", owns=_owns_uploads, routers=_upload_routers, say_error=_say_upload_error)
