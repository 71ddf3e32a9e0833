"""A subscriber in Flask with bus-drain: prints the title of every auction that is news."""

import os

from bus_drain import Basic, Event, each, open_state
from bus_drain.fetch import EntityClient, Missing
from bus_drain.flask import mount
from flask import Flask

app = Flask(__name__)
state = open_state(os.environ["STATE_URL"])
auctions = EntityClient({os.environ["AUCTIONS_URL"]: None}, cache=state.cache)


@each
def on_news(event: Event) -> None:
    """One that fails comes again, the others don't."""
    try:
        title = auctions.get(event.url)["title"]
    except Missing:  # gone by now, whatever the event told: to try again would change nothing
        title = "(gone)"
    print(event.type, title, flush=True)


uuid, secret = os.environ["WEBHOOK_UUID"], os.environ["WEBHOOK_SECRET"]
mount(app, "/events", Basic(uuid=uuid, secrets=[secret], state=state, listeners={"*": on_news}))
