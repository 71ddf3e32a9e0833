"""What proves beside a password, or instead of it, who signs in: codes of an app, recovery codes,
passkeys. Knows customers by their id alone."""
