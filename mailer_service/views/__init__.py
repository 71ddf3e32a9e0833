"""Pages of the mailer."""
