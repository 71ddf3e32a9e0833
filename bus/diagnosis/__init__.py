"""Why a subscriber gets nothing, and what to do about it: pure (docs/delivery.md D37)."""
