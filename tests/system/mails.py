"""What mails a house must have sent, once each."""

import re
from collections import Counter
from email.message import EmailMessage

from tests.system.smtp import Letters, text_of
from tests.waiting import wait_for

MAIL_BY_MAIL = {"MAILER_NEW_BIDS": "1000000", "MAILER_PER_HOUR": "1000000"}
"""Settings under which nothing is summed up."""
TO_BE_KILLED = {"MAILER_SMTP_TIMEOUT_MS": "5000", "MAILER_FETCH_TIMEOUT_MS": "5000"}
"""What a killed worker had in hand waits for one and a half times as long at most."""
WELCOMES = 5


def assert_every_mail_came_once(letters: Letters, bids: int) -> None:
    """A welcome to each account, a mail to the seller for each bid, and to whom it outbid."""
    assert_each_bid_was_told_once(letters, bids, others=WELCOMES, outbid=range(bids - 1, bids))


def assert_each_bid_was_told_once(
    letters: Letters, bids: int, *, others: int, outbid: range
) -> None:
    """Every one to the seller, and so many to whom it outbid, beside so many of another kind."""
    expected = others + bids + outbid[0]
    wait_for(lambda: len(letters.all()) >= expected, what=f"{expected} mails")
    ids = Counter(str(mail["Message-ID"]) for mail in letters.all())
    assert set(ids.values()) == {1}, ids
    subjects = Counter(re.sub(r" on .*", "", str(mail["Subject"])) for mail in letters.all())
    assert subjects["New bid"] == bids
    assert subjects["You have been outbid"] in outbid
    prices = [
        re.search(r"\$[0-9.,]+", text_of(mail))[0]
        for mail in letters.to("martha@example.org")
        if str(mail["Subject"]).startswith("New bid")
    ]
    assert len(set(prices)) == bids, prices


def assert_each_bid_was_told_once_though_late(letters: Letters, bids: int, *, others: int) -> None:
    """The same of mails that have waited for the server: who led again is not told of having been
    outbid before that; who is outbid in the end is."""
    wait_for(lambda: bool(_of_outbid(letters)))
    wait_for(lambda: len(letters.all()) - len(_of_outbid(letters)) >= others + bids)
    some = range(1, bids + 1)
    assert_each_bid_was_told_once(letters, bids, others=others, outbid=some)


def _of_outbid(letters: Letters) -> list[EmailMessage]:
    return [mail for mail in letters.all() if str(mail["Subject"]).startswith("You have been")]
