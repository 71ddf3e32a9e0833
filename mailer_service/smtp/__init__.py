"""Hands mails to the SMTP server, several a session, each within a deadline."""
