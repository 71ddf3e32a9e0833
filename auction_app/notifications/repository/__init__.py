"""SQL of the notices, and of how mails about them are wanted."""
