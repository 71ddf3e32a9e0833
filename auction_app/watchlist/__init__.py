"""What customers watch, and that it ends soon."""
