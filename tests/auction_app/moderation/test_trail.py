"""The trail says what was done, to what, why and by whom; of what was refused it says nothing."""

from typing import Any

import pytest
from sqlalchemy import select

from auction_app.db.tables import audit_trail, customers
from tests.auction_app.bidding.test_commands import key_in
from tests.auction_app.conftest import PUBLIC, World, path_of
from tests.auction_app.sale import close

WHY = "Rule 2: it is a fake."


def trail(world: World) -> list[tuple[str, str, str, str]]:
    """(who, action, subject, note) of each entry, the first one first."""
    with world.parts.store.reading() as conn:
        names = select(customers.c.name).where(customers.c.id == audit_trail.c.actor_id)
        columns = (audit_trail.c.action, audit_trail.c.subject, audit_trail.c.note)
        query = select(names.scalar_subquery(), *columns).order_by(audit_trail.c.id)
        return [(row[0], row[1], row[2], row[3]) for row in conn.execute(query)]


@pytest.mark.parametrize("action", ["dismiss", "hide", "show", "end", "ban", "unban"])
def test_each_act_on_an_item_is_one_entry(world: World, action: str) -> None:
    item, mod = world.member("Sam").list_item(), world.moderator("Mo")
    about_the_seller = action in {"ban", "unban"}
    subject = world.customer_url("Sam") if about_the_seller else PUBLIC + item

    answer = mod.post(f"/moderation{item}", {"action": action, "note": WHY})

    assert answer.status_code == 303
    assert trail(world) == [("Mo", action, subject, WHY)]


@pytest.mark.parametrize("action", ["dismiss", "hide", "show", "end", "ban", "unban"])
def test_a_form_that_is_sent_twice_is_one_entry(world: World, action: str) -> None:
    item, mod = world.member("Sam").list_item(), world.moderator("Mo")
    form = {"action": action, "note": WHY, "key": key_in(mod.get(f"/moderation{item}").text)}

    answers = [mod.post(f"/moderation{item}", form).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert len(trail(world)) == 1


def test_the_same_act_by_another_form_is_another_entry(world: World) -> None:
    item, mod = world.member("Sam").list_item(), world.moderator("Mo")

    for _ in range(2):
        key = key_in(mod.get(f"/moderation{item}").text)
        mod.post(f"/moderation{item}", {"action": "dismiss", "note": WHY, "key": key})

    assert len(trail(world)) == 2


@pytest.mark.parametrize("action", ["ban", "unban"])
def test_each_act_on_an_account_is_one_entry(world: World, action: str) -> None:
    world.member("Sam")
    url, mod = world.customer_url("Sam"), world.moderator("Mo")

    answer = mod.post(f"/moderation{path_of(url)}", {"action": action, "note": WHY})

    assert answer.status_code == 303
    assert trail(world) == [("Mo", action, url, WHY)]


def test_acts_stand_in_the_order_in_which_they_were_done(world: World) -> None:
    item, mod = world.member("Sam").list_item(), world.moderator("Mo")

    for action in ("hide", "show", "end"):
        mod.post(f"/moderation{item}", {"action": action, "note": f"Why {action}."})

    assert [(action, note) for _, action, _, note in trail(world)] == [
        ("hide", "Why hide."),
        ("show", "Why show."),
        ("end", "Why end."),
    ]
    page = mod.get("/moderation/trail").text
    assert page.index("Why end.") < page.index("Why show.") < page.index("Why hide.")


def test_an_entry_calls_what_it_is_about_by_its_name(world: World) -> None:
    item, mod = world.member("Sam").list_item(), world.moderator("Mo")
    mod.post(f"/moderation{item}", {"action": "end", "note": WHY})
    mod.post(f"/moderation{item}", {"action": "ban", "note": WHY})

    page = mod.get("/moderation/trail").text

    assert f'href="{PUBLIC}{item}"><bdi>Brass desk lamp</bdi></a>' in page
    assert f'href="{world.customer_url("Sam")}"><bdi>Sam</bdi></a>' in page


@pytest.mark.parametrize(
    "form",
    [
        {"action": "end"},
        {"action": "hide", "note": "   "},
        {"action": "explode", "note": WHY},
        {"note": WHY},
        {"action": "hide", "note": "x" * 501},
    ],
)
def test_an_act_that_is_not_whole_leaves_no_entry_and_does_nothing(
    world: World, form: dict[str, Any]
) -> None:
    item, mod = world.member("Sam").list_item(), world.moderator("Mo")

    assert mod.post(f"/moderation{item}", form).status_code == 422

    assert trail(world) == []
    assert world.browser().get(item).status_code == 200


def test_an_end_of_what_has_ended_is_refused_and_leaves_no_entry(world: World) -> None:
    item, mod = world.member("Sam").list_item(), world.moderator("Mo")
    close(world, item)

    refused = mod.post(f"/moderation{item}", {"action": "end", "note": WHY})

    assert refused.status_code == 409
    assert trail(world) == []


def test_whoever_is_no_moderator_leaves_no_entry(world: World) -> None:
    item = world.member("Sam").list_item()
    account = path_of(world.customer_url("Sam"))
    stranger, eve = world.browser(), world.member("Eve")

    for visitor in (eve, stranger):
        for path in (item, account):
            answer = visitor.post(f"/moderation{path}", {"action": "ban", "note": WHY})
            assert answer.status_code in {401, 404}

    assert trail(world) == []
    assert world.browser().sign_in("Sam").status_code == 303


@pytest.mark.parametrize("path", ["/auctions/nothing", "/customers/nobody"])
def test_what_is_not_there_leaves_no_entry(world: World, path: str) -> None:
    mod = world.moderator("Mo")

    assert mod.post(f"/moderation{path}", {"action": "ban", "note": WHY}).status_code == 404

    assert trail(world) == []
