"""Feeding lanes from the log: those at its end together, those behind one by one."""

from service_kit.clock import Clock

from bus.coalescing import Scan
from bus.delivery import system_events
from bus.delivery.batching import batch_limit
from bus.delivery.consumer import Lane
from bus.delivery.log_cache import LogCache, Run
from bus.delivery.run_queue import Lanes
from bus.log.event_log import ReadFence
from bus.model.event import LogEvent
from bus.storage import Storage

TAIL_EVENTS = 1_000
_LONGEST_STRIDE = 1_000
_SCAN_AT_ONCE = 5_000
_SCAN_ENTITIES = 50_000


class Reader:
    """Reads for lanes, and notices when what it read may not be right any more.

    A subscription that was changed before an event must be seen changed when that event is
    handed out, and a cursor must not pass events that were trimmed. Both are looked up after each
    read: what was read before a look can't be newer than what the look shows.
    """

    def __init__(self, storage: Storage, now_ms: Clock) -> None:
        self._log = storage.log
        self._store = storage.leases
        self._pages = LogCache(storage.log, storage.leases.read_fence)
        self._snapshots = storage.snapshots
        self._latest = storage.entity_index
        self._identity = storage.log_identity
        self._now_ms = now_ms
        self.version = -1
        self.outdated = True
        self.seen = 0
        self._scans: dict[Lane, Scan] = {}

    def start(self) -> None:
        """Begin at the end of the log: lanes look at what is before it by themselves."""
        self.seen = self._log.last_position()
        self.outdated = True

    def follow(self, version: int) -> None:
        """The lanes are as the registry was at this version."""
        self.version = version
        self.outdated = False

    def tail(self, lanes: Lanes) -> bool:
        """Hand out what is new at the end of the log; whether there may be more."""
        somebody, topics = lanes.topics_at_tail()
        if not somebody:
            end = self._log.last_position()
            if self._is_current(self._store.read_fence()):
                self.seen = max(self.seen, end)
            return False
        events, read_fence = self._log.read_fenced(self.seen, topics, TAIL_EVENTS)
        if not self._is_current(read_fence):
            return False
        if events:
            lanes.tell(events, self.seen, self._now_ms())
            self.seen = events[-1].position
        return len(events) == TAIL_EVENTS

    def catch_up(self, lanes: Lanes) -> None:
        """Know that nobody at the tail misses anything up to where the log ends now."""
        end = self._log.last_position()
        while self.tail(lanes):
            pass
        if not self.outdated:
            self.seen = max(self.seen, end)

    def fill(self, lane: Lane) -> bool:
        """Read on for a lane that isn't at the tail; whether it should be looked at again."""
        if lane.queue:
            return self._fill_from_queue(lane)
        if lane in self._scans:
            return self._scan(lane)
        limit = self._stride(lane)
        is_snapshot = lane.read_upto < lane.snapshot_upto
        run = self._read(lane, is_snapshot, limit)
        if not self._is_current(run.read_fence):
            return True
        self._check_start(lane, run.read_fence)
        lane.take(run.events)
        if not run.ended:
            lane.read_upto = run.events[-1].position
            lane.stride = min(max(lane.stride, limit) * 2, _LONGEST_STRIDE)
            if lane.subscription.coalesce and not is_snapshot and lane.may_scan():
                self._scans[lane] = Scan(lane.read_upto)
        elif is_snapshot:
            lane.read_upto = lane.snapshot_upto
            return True
        else:
            lane.read_upto = max(lane.read_upto, self.seen, *(e.position for e in run.events[-1:]))
            lane.at_tail = True
        return lane in self._scans

    def forget(self, lanes: Lanes) -> None:
        """Drop what was begun for lanes that are not held any more."""
        self._scans = {lane: scan for lane, scan in self._scans.items() if lanes.holds(lane)}

    def is_scanning(self, lane: Lane) -> bool:
        """Whether a lane's backlog is being looked through, so that nothing should leave yet."""
        return lane in self._scans

    def _read(self, lane: Lane, is_snapshot: bool, limit: int) -> Run:
        if is_snapshot:
            events = self._snapshots.read_after(lane.subscription.id, lane.read_upto, limit)
            return Run(events, self._store.read_fence(), ended=len(events) < limit)
        topics = lane.subscription.topics
        if topics is not None and not topics:
            return Run([], self._store.read_fence(), ended=True)
        least = batch_limit(lane.subscription, lane.health)
        return self._pages.read(lane.read_upto, topics, least=least, most=limit)

    def _stride(self, lane: Lane) -> int:
        """How many events to read at once: more each time, while there are so many."""
        if lane.health.skip_upto is not None:
            return _LONGEST_STRIDE
        return max(batch_limit(lane.subscription, lane.health), lane.stride)

    def _is_current(self, read_fence: ReadFence) -> bool:
        self.outdated = read_fence.registry_version != self.version
        return not self.outdated

    def _check_start(self, lane: Lane, read_fence: ReadFence) -> None:
        """Tell the subscriber when the log begins after its cursor (docs/delivery.md D23)."""
        first, last = lane.read_upto + 1, read_fence.first_position - 1
        if first <= last:
            lane.miss(self._resync(lane, first, last), first)
            lane.read_upto = last

    def _resync(self, lane: Lane, first: int, last: int) -> LogEvent:
        return system_events.resync(lane.subscription, self._identity, first, last, self._now_ms())

    # --- a backlog that is coalesced ---------------------------------------------------------

    def _scan(self, lane: Lane) -> bool:
        """Look through some more of the backlog, for the last position of each entity.

        The lane itself stays where it is until the end: what is only known here is not settled.
        """
        scan = self._scans[lane]
        found = self._latest.after(scan.after, lane.subscription.topics, _SCAN_AT_ONCE)
        read_fence = self._store.read_fence()
        if not self._is_current(read_fence):
            return True
        if scan.after + 1 < read_fence.first_position:
            del self._scans[lane]  # trimmed meanwhile: begin anew
            return True
        scan.add(lane.subscription.filters, found)
        if found:
            scan.after = found[-1][3]
        if len(found) == _SCAN_AT_ONCE and len(scan.last) < _SCAN_ENTITIES:
            return True
        del self._scans[lane]
        lane.end_scan(scan.last, scan.after)
        return not lane.pending

    def _fill_from_queue(self, lane: Lane) -> bool:
        limit = self._stride(lane)
        some = lane.queue[:limit]
        events = self._latest.at(some)
        read_fence = self._store.read_fence()
        if not self._is_current(read_fence):
            return True
        if some[0] < read_fence.first_position:
            resync = self._resync(lane, some[0], read_fence.first_position - 1)
            lane.miss(resync, some[0])
        del lane.queue[:limit]
        lane.take(events)
        return False
