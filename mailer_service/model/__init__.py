"""What the mailer knows: the kinds of mail, other services' entities, and the mails themselves."""
