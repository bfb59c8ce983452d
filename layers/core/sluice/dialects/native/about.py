"""What the API says of itself."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from pydantic import BaseModel

from sluice.dialects.native.describing import Fragment, answers, answers_other, operation
from sluice.dialects.native.http import answer

router = Router()


class IndexView(BaseModel):
    name: str
    openapi: str
    docs: str


@router.get("/openapi.json")
def openapi() -> Response[str]:
    from sluice.dialects.native.openapi import document  # only this route needs the schemas of everything

    return answer(200, document())


@router.get("/")
def index() -> Response[str]:
    return answer(200, IndexView(name="sluice", openapi="/openapi.json", docs="/docs").model_dump())


def described() -> Fragment:
    document = operation("getOpenapi", "This document", answers_other(200, "OpenAPI", "application/json"), public=True)
    index = operation("getIndex", "What is where", answers(200, "IndexView"), public=True)
    return Fragment({"/openapi.json": {"get": document}, "/": {"get": index}}, outgoing=(IndexView,))
