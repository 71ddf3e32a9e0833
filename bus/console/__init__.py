"""The console: pages for people, each rendered from the document that the API gives to programs."""
