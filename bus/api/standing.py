"""Where a subscription stands: the whole, with how it stands in each log, or in one of them."""

from collections.abc import Mapping
from typing import Any

from bus.api.ownership import Owned
from bus.api.representations import subscription_resource
from bus.bootstrap import Bus
from bus.model.delivery import Overview
from bus.model.overview_sum import summed


def standing(
    bus: Bus, ours: Owned, secret: str | None = None, *, acts: bool = True
) -> dict[str, Any]:
    """The document about it, for who `acts` or only looks. Raises NotFound."""
    return standing_of(overviews(bus, ours), ours, secret, acts=acts)


def overviews(bus: Bus, ours: Owned) -> dict[str, Overview]:
    """How it stands in each log that is meant, by name. Raises NotFound."""
    stores = list(bus.logs) if ours.log is None else [(ours.log, ours.store)]
    return {log: store.overviews.one(ours.client, ours.name) for log, store in stores}


def standing_of(
    each: Mapping[str, Overview], ours: Owned, secret: str | None = None, *, acts: bool = True
) -> dict[str, Any]:
    """The same of what was looked at before."""
    whole = subscription_resource(summed([*each.values()]), secret, acts=acts, log=ours.log)
    if len(each) > 1:
        logs = [subscription_resource(one, acts=acts, log=log) for log, one in each.items()]
        whole["_embedded"] = {"logs": logs}
    return whole
