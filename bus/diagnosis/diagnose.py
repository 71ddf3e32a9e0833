"""The diagnosis: what is most in the way first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bus.diagnosis.condition import since_ms
from bus.diagnosis.examined import Examined
from bus.diagnosis.finding import DiagnosisFinding, Level
from bus.diagnosis.subscription import (
    of_answers,
    of_attempts,
    of_bus,
    of_callback,
    of_lag,
    of_left_aside,
    of_state,
)
from bus.diagnosis.topics import Published, of_topics

_ORDER = tuple(Level)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Findings, of those that are alike bad the one to begin with first."""

    findings: Sequence[DiagnosisFinding]
    since_ms: int = 0
    """Since when its condition is as it is."""

    @property
    def level(self) -> Level:
        """Of the worst."""
        return self.findings[0].level

    @property
    def summary(self) -> str:
        """Why nothing comes and what to do; or that nothing is in the way."""
        first = self.findings[0]
        if first.level is Level.OK:
            return "Nothing is in the way: it gets what is published to its topics."
        return f"{first.said} {first.do}" if first.do else first.said


def worst_of(each: Mapping[str, Diagnosis]) -> Diagnosis:
    """That of the log that fares worst, by the names of the logs; it says which, where there are
    several and something is in the way."""
    log, worst = min(each.items(), key=lambda one: _ORDER.index(one[1].level))
    if len(each) == 1 or worst.level is Level.OK:
        return worst
    findings = [replace(one, said=f"In log {log}: {one.said}") for one in worst.findings]
    return replace(worst, findings=findings)


def diagnose(seen: Examined, published: Published) -> Diagnosis:
    """Why a subscriber gets nothing (docs/delivery.md D37)."""
    found = [
        *of_bus(seen),
        *of_state(seen),
        *of_answers(seen),
        *of_lag(seen),
        *of_left_aside(seen),
        *of_topics(seen.one, published),
        *of_attempts(seen),
        *of_callback(seen),
    ]
    in_order = sorted(found, key=lambda one: _ORDER.index(one.level))
    return Diagnosis(in_order, since_ms(seen.one, seen.ended, seen.aside_ms, seen.now_ms))
