"""Who the customers are: sign-up, sign-in, settings."""
