"""What is up for auction: its terms, photos and the last known state of its bidding."""
