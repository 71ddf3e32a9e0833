"""The notices on the site, and the choice of mails."""

from auction_app.notifications.views import notices, preferences

API = (notices.api,)
PAGES = (notices.pages, preferences.pages)
