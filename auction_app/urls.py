"""The absolute addresses of this app's entities: the names that other services know them by."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Urls:
    """`public_url` has no slash at its end."""

    public_url: str

    def absolute(self, path: str) -> str:
        """The address of a path that starts with a slash."""
        return self.public_url + path

    def auction(self, auction_id: str) -> str:
        """The address of an auction."""
        return self.absolute(f"/auctions/{auction_id}")

    def customer(self, customer_id: str) -> str:
        """The address of a customer."""
        return self.absolute(f"/customers/{customer_id}")

    def photo(self, photo_id: str, size: int) -> str:
        """The address of a photo in one of its sizes."""
        return self.absolute(f"/photos/{photo_id}-{size}.jpg")

    def question(self, question_id: str) -> str:
        """The address of a question."""
        return self.absolute(f"/questions/{question_id}")

    def order(self, order_id: str) -> str:
        """The address of an order."""
        return self.absolute(f"/orders/{order_id}")

    def message(self, message_id: str) -> str:
        """The address of a message between the two sides of an order."""
        return self.absolute(f"/messages/{message_id}")

    def payment(self, payment_id: str) -> str:
        """The address of a payment."""
        return self.absolute(f"/payments/{payment_id}")

    def reminder(self, reminder_id: str) -> str:
        """The address of a reminder."""
        return self.absolute(f"/reminders/{reminder_id}")

    def statement(self, statement_id: str) -> str:
        """The address of what somebody is told of a moderator's decision."""
        return self.absolute(f"/statements/{statement_id}")

    def announcement(self, announcement_id: str) -> str:
        """The address of what the house announced."""
        return self.absolute(f"/announcements/{announcement_id}")

    def second_chance(self, chance_id: str) -> str:
        """The address of a second chance."""
        return self.absolute(f"/second-chances/{chance_id}")

    def auction_id(self, url: str) -> str | None:
        """The id in an auction's address; None when it is not one of ours."""
        return self._id(url, self.auction(""))

    def order_id(self, url: str) -> str | None:
        """The id in an order's address; None when it is not one of ours."""
        return self._id(url, self.order(""))

    def payment_id(self, url: str) -> str | None:
        """The id in a payment's address; None when it is not one of ours."""
        return self._id(url, self.payment(""))

    def customer_id(self, url: str) -> str | None:
        """The id in a customer's address; None when it is not one of ours."""
        return self._id(url, self.customer(""))

    def _id(self, url: str, prefix: str) -> str | None:
        rest = url.removeprefix(prefix)
        return rest if rest != url and rest.isalnum() and len(rest) <= 16 else None
