"""What is kept of deliveries for people to look at; nothing of it must survive a kill."""
