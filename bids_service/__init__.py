"""The bid books of auctions: rules, storage and a hypermedia service around them."""
