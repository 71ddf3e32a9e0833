"""The visitor's language for the fixed words of verbs and of bids_service."""

from auction_app.web.fields import SHORTEST_PASSWORD
from auction_app.web.i18n import _


def complaint(word: str) -> str:
    """What is wrong with a field and what to do about it."""
    return {
        "missing": _("Please fill this in."),
        "category_missing": _("Please choose a category."),
        "terms_changed": _("The terms of use have changed. Please read them, and send this again."),
        "page_changed": _(
            "Somebody has changed this page meanwhile: look at it. What you save now replaces it."
        ),
        "wrong_code": _("This is not the code that the app shows now."),
        "wrong_proof": _("This is neither your password nor a code of your app."),
        "passkey_refused": _("The passkey could not be added. Please try again."),
        "too_long": _("This is too long."),
        "name_unreadable": _("Please leave out characters that cannot be seen or read."),
        "name_leads_elsewhere": _(
            "A name cannot hold a web address, an e-mail address or a phone number."
        ),
        "name_mixed": _("Please write each word in one alphabet."),
        "name_of_the_house": _("This looks like a name of the house. Please choose another one."),
        "password_common": _("Many people use this password, so it is tried first. Take another."),
        "password_is_address": _("Your e-mail address is tried first. Take another password."),
        "not_an_email": _("This is not an e-mail address we can write to."),
        "password_too_short": _("Use at least %(n)d characters.", n=SHORTEST_PASSWORD),
        "not_a_language": _("Please choose one of the languages."),
        "not_a_zone": _("Please choose one of the time zones."),
        "wrong_password": _("This is not your password."),
        "not_a_currency": _("We do not trade in this currency."),
        "not_an_amount": _("Please enter an amount, such as 12.50."),
        "amount_not_whole": _(
            "This currency has no cents: please enter a whole amount, such as 1200."
        ),
        "amount_unclear": _(
            "This can be read in two ways: write 1234 or 1234.00 for thousands, 1.23 for cents."
        ),
        "amount_out_of_range": _("This amount is too small or too large."),
        "not_a_time": _("Please enter a date and a time."),
        "no_such_time": _("The clocks skip this hour in your time zone. Choose another one."),
        "ends_too_soon": _("There is too little time for bids: please choose a later end."),
        "ends_too_early": _("This has to be after the beginning, and in the future."),
        "ends_too_late_for_maintenance": _("Maintenance lasts for a week at most."),
        "ends_too_late": _("An auction runs for 30 days at most: please choose an earlier end."),
        "not_a_choice": _("Please choose one of these."),
        "reserve_too_low": _("The reserve has to be above the start price."),
        "buy_now_too_low": _("The buy-now price has to be above the start price and the reserve."),
        "starts_too_late": _("An auction may start within the next 30 days."),
        "photos_waiting": _("The photos are still being prepared. This takes a few seconds."),
        "photo_description_missing": _("Please describe every photo."),
        "photo_one_too_many": _("These are too many photos."),
        "photo_missing": _("Please choose a photo."),
        "photo_too_big": _("This file is too big: at most 10 MB."),
        "photo_not_an_image": _("This is not a photo we can read. Use JPEG, PNG or WebP."),
        "photo_too_many_pixels": _(
            "This photo has too many pixels: at most 40 million, a JPEG 120 million."
        ),
        "photo_too_costly": _("This photo takes too much work to read. Save it anew, as JPEG."),
        "photo_too_small": _("This photo is too small: at least 100 pixels on each side."),
    }.get(word) or refusal(word)


def refusal(reason: str | None) -> str:
    """Why a bid was not taken."""
    return {
        "ended": _("The auction has ended."),
        "not_started": _("The auction has not started yet."),
        "seller": _("This is your own auction: you cannot bid on it."),
        "not_higher_than_own_maximum": _(
            "You are already the highest bidder, and this is not more than the maximum you set."
        ),
        "wrong_currency": _("The auction runs in another currency."),
        "not_an_amount": _("Please enter an amount, such as 12.50."),
        "frozen": _("The house has stopped the bidding for now."),
        "barred": _("The house takes no bids from you here."),
        "blocked": _("The seller does not take bids from you."),
        "not_available": _("It can no longer be bought at once."),
        "not_possible": _("This is not possible any more."),
        "no_bid": _("You have no bid here that could be taken back."),
        "too_late": _("It is too late to take this bid back."),
        "has_bids": _("People have bid on it, so it cannot be called off any more."),
        "already_offered": _(
            "While one offer is open or accepted, the item is offered to nobody else."
        ),
        "winner": _("This bidder has won the auction."),
        "not_closed": _("The auction has not ended yet."),
        "no_offer": _("This offer is no longer open."),
        "unknown_auction": _("The bidding for this item is not open."),
    }.get(reason or "", _("The bid could not be taken."))
