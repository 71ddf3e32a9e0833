"""What mails a house must have sent, once each."""

import re
from collections import Counter

from tests.system.smtp import Letters, text_of
from tests.waiting import wait_for

MAIL_BY_MAIL = {"MAILER_NEW_BIDS": "1000", "MAILER_PER_HOUR": "1000"}
"""Settings under which nothing is summed up."""
TO_BE_KILLED = {"MAILER_SMTP_TIMEOUT_MS": "5000", "MAILER_FETCH_TIMEOUT_MS": "5000"}
"""What a killed worker had in hand waits for one and a half times as long at most."""
WELCOMES = 5


def assert_every_mail_came_once(letters: Letters, bids: int) -> None:
    """A welcome to each account, a mail to the seller for each bid, and to whom it outbid."""
    expected = WELCOMES + bids + bids - 1
    wait_for(lambda: len(letters.all()) >= expected, what=f"{expected} mails")
    ids = Counter(str(mail["Message-ID"]) for mail in letters.all())
    assert set(ids.values()) == {1}, ids
    subjects = Counter(re.sub(r" on .*", "", str(mail["Subject"])) for mail in letters.all())
    assert subjects["New bid"] == bids
    assert subjects["You have been outbid"] == bids - 1
    prices = [
        re.search(r"\$[0-9.,]+", text_of(mail))[0]
        for mail in letters.to("martha@example.org")
        if str(mail["Subject"]).startswith("New bid")
    ]
    assert len(set(prices)) == bids, prices
