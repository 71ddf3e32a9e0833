"""Stages: one code base as one process or as services, by settings."""
