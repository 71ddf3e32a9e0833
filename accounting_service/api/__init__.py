"""What may be read of the books, and by whom."""
