"""The pages of moderators, and the form that calls them."""

from auction_app.moderation.views import queue, report

API = ()
PAGES = (queue.pages, queue.record, report.pages)
