"""What a read of the log is checked against before anything of it is handed out."""

from dataclasses import dataclass

MARKS = "SELECT registry_version, (SELECT min(position) FROM events) FROM bus_state LIMIT 1"


@dataclass(frozen=True, slots=True)
class Marks:
    """The registry's version, and where the log begins, at the moment of the read or later."""

    registry_version: int
    first_position: int

    @classmethod
    def of(cls, registry_version: int, first_position: int | None) -> "Marks":
        """From a row of MARKS."""
        return cls(registry_version, first_position or 0)
