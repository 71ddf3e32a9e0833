"""The name of the cookie that holds a session."""

SESSION_COOKIE = "gavel"
