"""What the service does: commands applied, accepted for later, and those of its own clock."""
