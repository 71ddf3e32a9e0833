"""Looking changes nothing: no address that a link can lead to does more than show a page."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from tests.auction_app.conftest import Browser, World, email_of, password_of
from tests.auction_app.test_ids_of_others import everything
from tests.auction_app.tour import begin, look_everywhere

LINKS = ("verify-email", "reset-password", "confirm-address", "unsubscribe")


@contextmanager
def writes(world: World) -> Iterator[list[str]]:
    """The statements that change something."""
    sent: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.lstrip().upper().startswith(("SELECT", "BEGIN", "WITH", "PRAGMA")):
            sent.append(statement)

    event.listen(world.parts.store.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(world.parts.store.engine, "before_cursor_execute", note)


def test_no_page_writes_anything_whoever_looks(world: World) -> None:
    tour = begin(world)
    before = everything(world)

    with writes(world) as sent:
        cookies = [
            answer.headers.getlist("Set-Cookie") for _, answer in look_everywhere(world, tour)
        ]

    assert sent == []
    assert everything(world) == before
    assert {line.partition("=")[0] for lines in cookies for line in lines} <= {"gavel"}


def all_links(world: World) -> tuple[Browser, list[str]]:
    """An account for which every link waits, and its paths."""
    world.browser().sign_up("Ada")
    ada = world.browser()
    ada.sign_in("Ada")
    ada.post("/account/address", {"email": "new@example.org", "password": password_of("Ada")})
    world.browser().post("/forgot-password", {"email": email_of("Ada")})
    paths = [world.mailed_link("Ada", use).replace("{kind}", "outbid") for use in LINKS]
    return ada, paths


def test_no_link_of_a_mail_does_anything_by_being_followed(world: World) -> None:
    ada, paths = all_links(world)
    before = everything(world)

    with writes(world) as sent:
        for path in paths:
            assert ada.get(path).status_code == 200, path
            assert ada.client.head(path).status_code == 200, path

    assert sent == []
    assert everything(world) == before


def test_each_of_these_links_does_something_by_its_button(world: World) -> None:
    """Or the test above would say nothing."""
    ada, paths = all_links(world)
    form = {"new_password": "quite another password"}

    for path in (paths[0], paths[3], paths[2]):
        before = everything(world)
        assert ada.post(path, dict(form)).status_code in {200, 303}, path
        assert everything(world) != before, path
