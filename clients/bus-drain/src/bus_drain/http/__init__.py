"""What crosses HTTP: who delivers, what body, which events, and the answer."""
