"""The house's pages, and where moderators write them."""

from collections.abc import Iterator, Mapping

from flask import Blueprint, Response, flash, request, url_for

from auction_app.errors import BadInput
from auction_app.house_pages import repository as pages_of
from auction_app.house_pages.edit_page import edit_page
from auction_app.house_pages.forms import HousePageForm
from auction_app.house_pages.markdown import to_html
from auction_app.house_pages.model import LONGEST_TEXT, HousePage
from auction_app.moderation.views.moderators import moderator
from auction_app.parts import Parts
from auction_app.web.house_pages import HOUSE_PAGES
from auction_app.web.i18n import LANGUAGES, _, language
from auction_app.web.negotiation import page, see_other

_NAME = "<any('" + "','".join(HOUSE_PAGES) + "'):name>"
_MOST_VERSIONS = 50
_LAST_VERSION = 2**31 - 1


def public(parts: Parts) -> Blueprint:
    """The pages as everybody reads them, also as they were."""
    views = Blueprint("house_pages", __name__)

    @views.get(f"/{_NAME}")
    def show(name: str) -> Response:
        with parts.store.reading() as conn:
            return _page(pages_of.current(conn, name), is_current=True)

    @views.get(f"/{_NAME}/versions/<int:version>")
    def as_it_was(name: str, version: int) -> Response:
        with parts.store.reading() as conn:
            now = pages_of.current(conn, name)
            found = pages_of.of_version(conn, name, min(version, _LAST_VERSION))
        return _page(found, is_current=found.version == now.version)

    return views


def editing(parts: Parts) -> Blueprint:
    """Where moderators write them, with a preview."""
    views = Blueprint("edit_house_pages", __name__)

    @views.get("/moderation/pages")
    def choose() -> Response:
        moderator(parts)
        return page("house_pages/choose.html")

    @views.get(f"/moderation/pages/{_NAME}")
    def form(name: str) -> Response:
        moderator(parts)
        return _form(parts, name, {})

    @views.post(f"/moderation/pages/{_NAME}")
    def send(name: str) -> Response:
        me = moderator(parts)
        if request.form.get("go") == "preview":
            return _form(parts, name, request.form, preview=True)
        try:
            written = HousePageForm.read(request.form)
            with parts.begin() as act:
                edit_page(act, name, me, written)
        except BadInput as error:
            return _form(parts, name, request.form, errors=error.fields)
        flash(_("Saved."))
        return see_other(url_for("house_pages.show", name=name))

    return views


def _page(shown: HousePage, *, is_current: bool) -> Response:
    text = shown.texts[language()]
    return page("house_pages/page.html", shown=shown, html=to_html(text), is_current=is_current)


def _form(
    parts: Parts,
    name: str,
    typed: Mapping[str, str],
    *,
    errors: Mapping[str, str] | None = None,
    preview: bool = False,
) -> Response:
    with parts.store.reading() as conn:
        now = pages_of.current(conn, name)
        versions = pages_of.versions(conn, name, limit=_MOST_VERSIONS)
    made_of = typed.get("made_of", "")
    # Who was told that the page has changed meanwhile may save over that.
    changed = (errors or {}).get("text_en") == "page_changed"
    form = {f"text_{it}": now.texts[it] for it in LANGUAGES} | dict(typed)
    return page(
        "house_pages/edit.html",
        422 if errors else 200,
        name=name,
        form=form,
        made_of=made_of if made_of and not changed else now.version,
        errors=errors or {},
        versions=versions,
        previews=[
            (LANGUAGES[it], it, to_html(form[f"text_{it}"][:LONGEST_TEXT])) for it in LANGUAGES
        ]
        if preview
        else [],
        longest=LONGEST_TEXT,
        languages=LANGUAGES,
    )


def blueprints(parts: Parts) -> Iterator[Blueprint]:
    """All addresses of the feature."""
    yield public(parts)
    yield editing(parts)
