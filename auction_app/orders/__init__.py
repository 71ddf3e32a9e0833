"""What becomes of a sale: an order, its steps, and what its two sides say of each other."""
