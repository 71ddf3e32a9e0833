"""The auction house's web application: accounts, listings, and what it knows of the bidding."""
