"""What the store counts by keeping count, and by looking."""

from bus.storage import Storage


def kept_counts(storage: Storage) -> list[tuple[int, int, int]]:
    """Of each subscription the parked events and dead letters that it is said to have."""
    return storage._driver.rows(
        "SELECT subscription_id, parked_events, dead_letters FROM cursors ORDER BY 1"
    )


def rows_counted(storage: Storage) -> list[tuple[int, int, int]]:
    """Those that it has."""
    return storage._driver.rows(
        "SELECT subscription_id,"
        " (SELECT count(*) FROM parked_events AS p WHERE p.subscription_id = c.subscription_id),"
        " (SELECT count(*) FROM dead_letters AS d WHERE d.subscription_id = c.subscription_id)"
        " FROM cursors AS c ORDER BY 1"
    )
