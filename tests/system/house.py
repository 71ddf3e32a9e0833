"""The whole house: every process of the real Procfile, on free ports, in a temporary var/."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from service_kit.run.addresses import write_addresses
from service_kit.run.ports import ports_of
from service_kit.run.processes import commands_of
from service_kit.run.settings import environment

from tests.demo_pictures import hang_pictures
from tests.postgres import fresh_database
from tests.procfile import ROOT, Processes
from tests.sockets import free_base
from tests.system.ready_made import PORTS, can_be_copied, copy_release


class House(Processes):
    """All processes of a stage; released, not yet started. Its operator wants no mail: tests count
    what customers get.

    Its first release is a copy of one of the same stage, unless it shall be `released` itself.
    """

    def __init__(
        self,
        var: Path,
        outside: Mapping[str, str],
        *,
        forked: bool = True,
        released: bool = False,
    ) -> None:
        base = free_base(PORTS)
        ours = {"VAR_DIR": str(var), "PORT_BASE": str(base), "MAILER_OPERATOR": "none"}
        chosen = ours | dict(outside)
        copied = not released and can_be_copied(var, outside)
        if copied:
            var.mkdir(mode=0o700, parents=True, exist_ok=True)
            copy_release(chosen.get("STAGE", "soa"), var, base, release=_release)
        self.settings = environment(ROOT, chosen)
        write_addresses(var, self.settings)
        commands = commands_of(ROOT, self.settings)
        super().__init__(
            commands.processes,
            self.settings,
            ports_of(self.settings),
            var / "log",
            forked=forked,
        )
        hang_pictures(var / "photos")
        if not copied:
            for release in commands.releases:
                self.run(release)


def _release(stage: str, var: Path) -> Mapping[str, str]:
    """Make one to copy from; its settings."""
    return House(var, {"STAGE": stage}, released=True).settings


@contextmanager
def open_house(var: Path, **outside: str) -> Iterator[House]:
    """A house with all its processes running and ready; killed at the end."""
    house = House(var, outside)
    try:
        house.start()
        yield house
    finally:
        house.close()


@contextmanager
def fresh_databases(cluster_url: str) -> Iterator[dict[str, str]]:
    """The settings of a house with every service's data in PostgreSQL: nothing else differs. The
    tables are there already, of which a release makes nothing anew."""
    services = {
        "BUS": "bus",
        "BIDS": "bids_service",
        "AUCTIONS": "auction_app",
        "MAILER": "mailer_service",
        "ACCOUNTING": "accounting_service",
    }
    with ExitStack() as stack:
        yield {
            f"{name}_DATABASE_URL": stack.enter_context(fresh_database(cluster_url, service))
            for name, service in services.items()
        }
