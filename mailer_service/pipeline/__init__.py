"""The four steps of a mail, each in its own transaction: receive, examine, write, send."""
