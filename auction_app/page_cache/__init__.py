"""Pages that are written once for all who see them alike, and what in them is each reader's own."""
