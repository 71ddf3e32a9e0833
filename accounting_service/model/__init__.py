"""Payments as others tell of them, and what is booked of them. Pure."""
