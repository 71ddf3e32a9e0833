"""`bus doctor`: why a subscriber gets nothing, and what to do.

The bus itself says what it knows of a subscription: `diagnosis`. `bus_checks` looks at the way to
it and at the token, `subscription_checks` at what a test event shows.
"""

from bus_client.cli.doctor.command import doctor

__all__ = ["doctor"]
