"""Demo data: a few people and what they sell, with pictures drawn on the spot."""
