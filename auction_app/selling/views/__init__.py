"""The listing wizard, and what a seller does with what is listed."""

from auction_app.selling.views import editing, my_sales, photos, wizard

API = (my_sales.api,)
PAGES = (editing.pages, photos.pages, wizard.pages)
