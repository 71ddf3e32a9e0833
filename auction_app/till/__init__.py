"""The till: a payment provider for development, in Stripe's wire: `python -m auction_app.till`."""
