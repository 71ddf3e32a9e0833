"""When a late bid moves the end (docs/bidding.md B12)."""

from bids_service.engine.bidding import Bidding


def end_after(before: Bidding, after: Bidding, now_ms: int) -> int:
    """The end in ms after a change at `now_ms`: never earlier, never past the hard end.

    Window and extension 10, end 100, a change at: 89 → 100, 90 → 100, 91 → 101, 99 → 109.
    """
    soft_close = before.terms.soft_close
    if soft_close is None or (before.price, before.leader) == (after.price, after.leader):
        return before.ends_at_ms
    if now_ms < before.ends_at_ms - soft_close.window_ms:
        return before.ends_at_ms
    extended_ms, hard_end_ms = now_ms + soft_close.extension_ms, before.hard_end_at_ms
    # Without a hard end the soft close may go on for as long as people bid.
    allowed_ms = extended_ms if hard_end_ms is None else min(extended_ms, hard_end_ms)
    return max(before.ends_at_ms, allowed_ms)
