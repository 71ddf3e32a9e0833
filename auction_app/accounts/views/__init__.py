"""The pages of an account."""

from auction_app.accounts.views import recovery, sessions, settings, sign_up

API = ()
PAGES = (recovery.pages, sessions.pages, settings.account, settings.credentials, sign_up.pages)
