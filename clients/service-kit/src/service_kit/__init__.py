"""What every Gavel service and client repeats, once."""
