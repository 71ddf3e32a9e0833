"""`bus doctor`: why a subscriber gets nothing, and what to do.

`bus_checks` looks at the bus and the token, `subscription_checks` at one subscription as it was
read, `answers` says in plain words what an attempt got.
"""

from bus_client.cli.doctor.command import doctor

__all__ = ["doctor"]
