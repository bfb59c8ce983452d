"""The table of dialects: the APIs that Sluice answers to. The first whose `owns` says yes answers a request."""

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from sluice.dialects import console, native, qencode, tencent
from sluice.dialects.base import Dialect

DIALECTS: tuple[Dialect, ...] = (console.DIALECT, tencent.DIALECT, qencode.UPLOADS, qencode.DIALECT, native.DIALECT)


def dialect_of(event: APIGatewayProxyEventV2) -> Dialect:
    """The dialect that a request is in; the last of the table, the native one, owns all that is left."""
    return next(dialect for dialect in DIALECTS if dialect.owns(event))
