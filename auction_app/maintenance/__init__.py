"""Planned maintenance: announced before, and the house is closed while it lasts."""
