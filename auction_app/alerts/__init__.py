"""Searches and sellers that customers want to hear of."""
