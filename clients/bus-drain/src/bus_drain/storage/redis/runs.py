"""Runs of iterations."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from redis import Redis

from bus_drain.state import JobRun
from bus_drain.storage.redis.errors import translated

_ITERATION = "walk"  # the name that is stored

_SWAP = """
local found = redis.call('HGET', KEYS[1], ARGV[1])
if not found or tostring(cjson.decode(found).version) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
"""


class RedisJobRuns:
    """bus_drain.state.JobRuns in a hash."""

    def __init__(self, client: Redis, prefix: str) -> None:
        self._client = client
        self._key = f"{prefix}:runs"  # hash: id to the run as JSON
        self._swap = client.register_script(_SWAP)

    def add(self, run: JobRun) -> bool:
        """Keep a new run; False when one of this id is there already."""
        with translated():
            return bool(self._client.hsetnx(self._key, run.id, _text(run)))

    def get(self, run_id: str) -> JobRun | None:
        """The run, as it is now."""
        with translated():
            text = self._client.hget(self._key, run_id)
        return None if text is None else _run(text)

    def swap(self, before: JobRun, after: JobRun) -> bool:
        """Replace the run if its version is still `before.version`; `after` gets the next one."""
        text = _text(replace(after, version=before.version + 1))
        with translated():
            return bool(self._swap(keys=[self._key], args=[before.id, before.version, text]))

    def all(self) -> Sequence[JobRun]:
        """Every run, by id."""
        with translated():
            texts = self._client.hvals(self._key)
        return sorted(map(_run, texts), key=lambda run: run.id)


def _text(run: JobRun) -> str:
    values = asdict(run)
    return json.dumps({_ITERATION: values.pop("iteration")} | values)


def _run(text: Any) -> JobRun:
    values = json.loads(text)
    return JobRun(iteration=values.pop(_ITERATION), **values)
