"""The nouns of the bus and what may be said of them without a store: pure."""
