"""`python -m auction_app.demo`: load the demo data once, and say who can sign in."""

from service_kit.config import or_exit, public_url
from service_kit.private import keep_files_private

from auction_app.accounts.published import ACCOUNTS
from auction_app.bootstrap import build
from auction_app.config import read
from auction_app.demo.load import load_demo

WHAT_TO_TRY = """What to try:
  As Ada, set a maximum on the brass lamp; as Bela, in another browser, a higher one: Ada's page
  says so within a second, and the mailbox holds a mail for her.
  As Ada, buy the blue vase at once, say where it goes, and pay: the till asks how it shall end.
  The mailbox has the receipt, and Martha, who sold it, finds under "Payouts" what she is owed.
  As Martha, answer a question or list an item; as Nora, look at what is reported."""
AT_THE_BUS = """\
  In the bus's console, find out why demo-wrong-address gets nothing, and mend it; redrive the
  dead letter of demo-one-refused; resume demo-paused. The mailbox holds a mail that tells so."""


def main() -> None:
    """Load what is missing, and print the accounts and what to do with them."""
    keep_files_private()
    if public := public_url():
        print(f"No demo data: by {public} the public is here")  # noqa: T201
        return
    house = or_exit(lambda: build(read()))
    or_exit(house.check)
    load_demo(house)
    house.close()
    print("Demo accounts (e-mail, password):")  # noqa: T201 - the command's output
    for account in ACCOUNTS:
        print(f"  {account.email}  {account.password}  ({account.role})")  # noqa: T201
    print(WHAT_TO_TRY)  # noqa: T201
    if house.config.bus_url.startswith("http"):
        print(AT_THE_BUS)  # noqa: T201


if __name__ == "__main__":
    main()
