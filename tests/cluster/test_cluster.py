"""Two strikes on a real cluster; all of them are `make chaos ENGINE=cluster`."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.cluster.house import House, house
from tests.cluster.servers import DEPLOY, cluster, settings, what_is_missing
from tests.cluster.strikes import STRIKES, Strike, run

pytestmark = pytest.mark.slow
_SHORT = [one for one in STRIKES if one.name in {"postmaster killed", "planned switchover"}]


@pytest.fixture(scope="module")
def at() -> Iterator[House]:
    if reason := what_is_missing():
        pytest.skip(reason)
    # Where postgres may enter, which it may not where pytest puts what is temporary.
    with TemporaryDirectory(prefix="gavel-cluster-", dir="/var/tmp") as name:
        folder = Path(name)
        with cluster(folder) as made, house(made, folder) as opened:
            yield opened


@pytest.mark.parametrize("strike", _SHORT, ids=lambda one: one.name)
def test_nothing_acknowledged_is_lost_or_stored_twice(at: House, strike: Strike) -> None:
    result = run(strike, at)
    assert (result.lost, result.doubled) == (0, 0)
    assert set(at.statuses()) <= {0, 200, 503}


def test_every_variable_of_the_shared_settings_of_etcd_is_one() -> None:
    assert all(
        name.startswith("ETCD_") and value for name, value in settings(DEPLOY / "etcd.conf").items()
    )
