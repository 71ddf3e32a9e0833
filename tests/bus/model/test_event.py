import json

from bus.model.event import event_head, whole_event


def test_an_event_is_the_object_that_subscribers_get() -> None:
    head = event_head("bids", "create", "https://x.example/1", 123, '{"a":"ü"}')
    assert json.loads(whole_event(head, "ab12", 7)) == {
        "topic": "bids",
        "type": "create",
        "url": "https://x.example/1",
        "t": 123,
        "data": {"a": "ü"},
        "id": "ab12",
        "position": 7,
    }


def test_without_data_there_is_no_such_key() -> None:
    head = event_head("bids", "noop", "https://x.example/1", 0, None)
    assert "data" not in json.loads(whole_event(head, "ab12", 1))
