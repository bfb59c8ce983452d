"""What the API says of itself."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from sluice.dialects.native.http import answer

router = Router()


@router.get("/openapi.json")
def openapi() -> Response[str]:
    from sluice.dialects.native.openapi import document  # only this route needs the schemas of everything

    return answer(200, document())


@router.get("/")
def index() -> Response[str]:
    return answer(200, {"name": "sluice", "openapi": "/openapi.json"})
