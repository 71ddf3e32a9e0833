"""The front page, and the pages that find things."""

from auction_app.search.views import home, search

API = (home.api, search.api)
PAGES = ()
