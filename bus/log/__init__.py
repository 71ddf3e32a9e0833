"""The event log: one contract, two engines."""
