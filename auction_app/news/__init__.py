"""What the live process passes on to a customer's open pages and devices."""
