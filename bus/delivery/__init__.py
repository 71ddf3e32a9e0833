"""Pushing events to subscribers: plan a batch, sign it, send it, settle what came of it."""
