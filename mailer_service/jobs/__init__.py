"""The mailer's work in the background: `python -m mailer_service.jobs`."""
