"""What clients do to subscriptions: check, begin, move, redrive."""
