"""The JSON of an event, made once when it is published and sent as it is ever after."""


def event_head(topic: str, type: str, url: str, t_ms: int, data: str | None) -> bytes:
    """The object without its end, as far as it is known before the event has its place.

    Topic, type and URL are written as they are: their rules admit nothing that JSON escapes.
    `data` is JSON text.
    """
    head = f'{{"topic":"{topic}","type":"{type}","url":"{url}","t":{t_ms}'
    if data is not None:
        head += f',"data":{data}'
    return head.encode()


def whole_event(head: bytes, log_identity: str, position: int) -> bytes:
    """The whole object. The id is unique to this log and place, so it is stable over retries."""
    return b'%b,"id":"%b-%d","position":%d}' % (head, log_identity.encode(), position, position)
