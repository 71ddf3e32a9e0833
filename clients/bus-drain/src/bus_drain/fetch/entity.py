"""A HAL resource as it was fetched: state, links, embedded resources."""

from typing import Any

from service_kit.hal import Resource

from bus_drain.fetch.errors import NoSuchLink, NotHal


class Entity(Resource):
    """What was at `url`. `entity["price"]` is a key of its state."""

    malformed = NotHal
    no_link = NoSuchLink

    def __getitem__(self, name: str) -> Any:
        return self.document[name]
