"""`python -m bus_drain.jobs`: the command `bus-drain`."""

from bus_drain.jobs.command import main

main()
