"""The currencies that the house trades in; the first is offered first."""

CURRENCIES = ("USD", "EUR", "GBP", "CHF", "SEK", "DKK", "NOK", "PLN", "CAD", "AUD", "JPY", "KWD")
