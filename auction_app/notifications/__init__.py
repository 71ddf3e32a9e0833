"""What customers are told, on the site and by mail."""
