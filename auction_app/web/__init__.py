"""What all pages and documents of the app share; knows no feature."""
