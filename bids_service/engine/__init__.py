"""The bidding rules as pure functions over frozen dataclasses; money in minor units, time in ms."""
