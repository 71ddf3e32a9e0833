"""Who may publish a topic (docs/delivery.md D6)."""


def may_publish(client_id: int, owner_id: int | None) -> bool:
    """Whether a client may publish to a topic: the first who does owns it.

    | owner        | nobody | the client | another |
    |--------------|--------|------------|---------|
    | may publish  | yes    | yes        | no      |
    """
    return owner_id is None or owner_id == client_id
