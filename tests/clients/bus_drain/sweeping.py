"""A process that sweeps, and stays inside one look until it is killed: `sweeping STATE URL`."""

import sys
import threading

from bus_drain import DirtyMap, open_state


def main(state_url: str, stay_at: str) -> None:
    def look(url: str) -> None:
        print(url, flush=True)
        if url == stay_at:
            threading.Event().wait()

    DirtyMap(open_state(state_url).marks).sweep(look)


if __name__ == "__main__":
    main(*sys.argv[1:])
