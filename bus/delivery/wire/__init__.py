"""HTTP to subscribers: what is sent, how, and where it may go."""
