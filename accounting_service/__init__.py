"""Books of what buyers paid: double entry, by listening to payments."""
