"""A customer's public page, which is also where programs fetch the contact."""
