"""`bus listen`: have events at a local address, without a tunnel.

`forward` sends a batch as the pusher would, `session` goes on until it is taken or skipped,
`keys` are what a person may press meanwhile.
"""

from bus_client.cli.listen.command import listen

__all__ = ["listen"]
