"""announce(): the moves in the table's stream become events on the bus, and errands for those who are to be told.

A stream comes again from a record that failed; what is behind it is told again, as the same events and errands.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sluice import webhooks
from sluice.announcing import Move, entry, move_of
from sluice.aws import errands, events
from sluice.aws.webhooks import EndpointStore
from sluice.settings import settings
from sluice.webhooks import Endpoint, Errand


def announce(records: Sequence[Mapping[str, Any]]) -> int | None:
    """Tell of these records, in their order; returns the place of the first that wasn't told of, if any."""
    found = [(place, move) for place, record in enumerate(records) if (move := move_of(record))]
    refused = [found[n][0] for n in events.put([entry(move, settings().event_bus_name) for _, move in found])]
    sent = _errands(found)
    refused += [sent[n][0] for n in errands.send([errand for _, errand in sent])]
    return min(refused, default=None)


def _errands(found: Sequence[tuple[int, Move]]) -> list[tuple[int, Errand]]:
    endpoints: dict[str, list[Endpoint]] = {}
    told = []
    for place, move in found:
        tenant = move.detail.tenant
        if tenant and tenant not in endpoints:
            endpoints[tenant] = EndpointStore(settings().table, tenant).all()
        told += [(place, errand) for errand in webhooks.errands(move, endpoints.get(tenant or "", ()))]
    return told
