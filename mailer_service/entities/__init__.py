"""Fetches what other services know, and takes from it what mails need."""
