"""Where the mailer keeps what it heard and what it wrote."""
