"""Write a listing, publish it, change it, list it again."""
