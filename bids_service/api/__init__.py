"""The service over HTTP: HAL out, JSON in (docs/protocol.md, bids_service)."""
