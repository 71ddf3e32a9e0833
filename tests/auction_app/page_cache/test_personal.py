"""Nothing that is its reader's own gets into a page that many see: not even by mistake."""

from collections.abc import Callable

import pytest
from jinja2 import DictLoader, UndefinedError

from auction_app.page_cache.page_cache import PageCache
from tests.auction_app.conftest import World


@pytest.fixture
def show(world: World) -> Callable[[str], str]:
    """Show a member a page of this template, whose part knows what is one's own."""
    ada = world.member("Ada")
    ada.get("/")
    cookie = ada.client.get_cookie("gavel")
    assert cookie is not None

    def shown(template: str) -> str:
        loader = DictLoader({"page.html": template, "part.html": "[{{ mine }}]"})
        world.app.jinja_env.loader = loader
        with world.app.test_request_context("/", headers={"Cookie": f"gavel={cookie.value}"}):
            answer = PageCache(world.parts).page("page.html", {"shown": "all"}, {"mine": "<mine>"})
            return answer.get_data(as_text=True)

    return shown


def test_a_part_shows_what_is_its_readers_own(show: Callable[[str], str]) -> None:
    assert show("{{ personal('part.html') }} and {{ shown }}") == "[&lt;mine&gt;] and all"


@pytest.mark.parametrize(
    "mistake",
    [
        "{{ mine }}",
        "{% if mine %}yes{% endif %}",
        "{{ unread }}",
        "{{ session.token }}",
        "{{ g.visitor }}",
        "{% if session %}yes{% endif %}",
        "{{ visitor.unread }}",
        "{{ visitor.customer.email }}",
        "{% if visitor.customer.id == 'x' %}yes{% endif %}",
        "{{ request.cookies }}",
    ],
)
def test_a_page_that_many_see_is_refused_what_is_its_readers_own(
    show: Callable[[str], str], mistake: str
) -> None:
    with pytest.raises(UndefinedError, match="its reader's own"):
        show(mistake)


def test_a_page_that_many_see_asks_for_nothing_while_it_is_written(
    world: World, show: Callable[[str], str]
) -> None:
    def ask() -> str:
        with world.parts.store.reading():
            return "what was true once"

    world.app.jinja_env.globals["ask"] = ask

    with pytest.raises(RuntimeError, match="ask before"):
        show("{{ ask() }}")
