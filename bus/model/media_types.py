"""What HTTP calls the forms in which events are published and delivered."""

CLOUDEVENTS = "application/cloudevents"
"""What the media types of CloudEvents begin with, whatever their format."""

CLOUDEVENT = f"{CLOUDEVENTS}+json"
CLOUDEVENTS_BATCH = f"{CLOUDEVENTS}-batch+json"
