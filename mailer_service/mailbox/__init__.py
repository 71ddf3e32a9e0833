"""The mailbox: catches all mail in development and shows it: `python -m mailer_service.mailbox`."""
