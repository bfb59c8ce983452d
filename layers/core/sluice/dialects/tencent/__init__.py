"""Tencent Cloud MPS, API 3.0 of 2019-06-12: signed requests to `/`, answers in an envelope of status 200."""

from collections.abc import Sequence

from aws_lambda_powertools.event_handler.api_gateway import Router

from sluice.dialects.base import Dialect
from sluice.dialects.tencent.http import is_ours, say_error


def _routers() -> Sequence[Router]:
    from sluice.dialects.tencent import actions

    return (actions.router,)


DIALECT = Dialect(name="tencent", owns=is_ours, routers=_routers, say_error=say_error)
