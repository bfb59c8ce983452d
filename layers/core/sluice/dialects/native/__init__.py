"""The native REST API. It owns whatever no other dialect claims."""

from sluice.dialects.base import Dialect
from sluice.dialects.native import about, library, tasks
from sluice.dialects.native.http import say_error

DIALECT = Dialect(
    name="native",
    routers=(tasks.router, library.router, about.router),
    owns=lambda method, path: True,
    say_error=say_error,
)
