"""Somebody who presses buttons while the house is being killed."""

import re

import requests

from tests.system.bidder import Bidder

PATIENCE_S = 10
_ANSWERS = {200, 303, 409, 422, 429, 503}


class Customer(Bidder):
    """Presses once, and does not mind when nobody answers."""

    def presses(self, page: str, action: str = "", **fields: str) -> requests.Response | None:
        """Fill in the form of a page that sends to `action`, or to the page itself; the answer, or
        None where nobody answers or there is no such form. Raises AssertionError for an answer that
        no form ever has."""
        try:
            shown = self.browser.get(self.web + page, timeout=PATIENCE_S)
        except requests.RequestException:
            return None
        return self.presses_on(shown, action, **fields)

    def presses_on(
        self, shown: requests.Response, action: str = "", **fields: str
    ) -> requests.Response | None:
        """The same on a page that is at hand."""
        hidden = _hidden_of_form(shown.text, action)
        if hidden is None:
            return None
        try:
            answer = self.browser.post(
                self.web + action if action else shown.url,
                hidden | fields,
                timeout=PATIENCE_S,
                allow_redirects=False,
            )
        except requests.RequestException:
            return None
        assert answer.status_code in _ANSWERS, f"{answer.status_code} {answer.url}"
        return answer


def _hidden_of_form(page: str, action: str) -> dict[str, str] | None:
    """The hidden fields of the first form that sends there ("": to its own page)."""
    for head, body in re.findall(r"<form\b([^>]*)>(.*?)</form>", page, re.DOTALL):
        named = re.search(r'action="([^"]*)"', head)
        if (named[1] if named else "") == action:
            return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', body))
    return None
