"""What browsers get, and programs too at the same addresses."""
