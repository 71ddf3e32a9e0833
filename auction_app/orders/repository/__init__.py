"""SQL of orders, of what their sides ask of each other, and of what they say in the end."""
