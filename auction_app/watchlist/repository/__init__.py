"""SQL of the watchlist and its reminders."""
