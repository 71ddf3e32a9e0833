"""`python -m bus_client`: the same as `bus`."""

from bus_client.cli import main

main()
