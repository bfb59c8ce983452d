"""The native REST API, which answers ittybit's SDK too. It owns whatever no other dialect claims."""

from collections.abc import Sequence
from types import ModuleType

from aws_lambda_powertools.event_handler.api_gateway import Router

from sluice.dialects.base import Dialect
from sluice.dialects.native.http import say_error


def route_modules() -> Sequence[ModuleType]:
    """Each has a `router`, and says by `described()` what is in it."""
    from sluice.dialects.native import (
        about,
        automations,
        docs,
        downloads,
        files,
        keys,
        library,
        outputs,
        playback,
        tasks,
        uploads,
        usage,
        webhooks,
    )

    return tasks, outputs, playback, downloads, uploads, library, files, automations, webhooks, usage, keys, docs, about


def _routers() -> Sequence[Router]:
    from sluice.dialects.native.methods import router_for

    routers = [module.router for module in route_modules()]
    return [*routers, router_for(routers)]


DIALECT = Dialect(name="native", owns=lambda event: True, routers=_routers, say_error=say_error)
