"""The pages on which one bids, and looks at one's bids."""

from auction_app.bidding.views import bids, commands, my_bids

API = (my_bids.api,)
PAGES = (bids.pages, commands.pages, my_bids.pages)
