"""SQL of reports, decisions, what follows from them, and the trail."""
