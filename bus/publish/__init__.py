"""Taking events: check, encode, append to the log together with whatever else waits."""
