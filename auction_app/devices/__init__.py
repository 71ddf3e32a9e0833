"""Devices: a seller's own machines, which hear of sales with a token instead of a session."""
