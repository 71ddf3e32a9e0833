"""Rows as earlier versions wrote them."""

from bids_service.storage.rows import terms_from, terms_text
from tests.bids_service.engine.books import terms


def test_terms_that_name_the_rules_of_the_house_are_still_read() -> None:
    known = terms()
    ruleset = '{"reserve":"jump_if_max_meets","self_raise":"no_price_change"}'
    assert terms_from(f'{terms_text(known)[:-1]},"ruleset":{ruleset}}}') == known
