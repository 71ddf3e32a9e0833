"""The record of a bidding: what is written down, what it commits to, and who can prove what."""
