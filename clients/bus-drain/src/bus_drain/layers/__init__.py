"""Layers below HTTP: each takes a batch, and answers what became of each event."""
