"""The mailer: hears of bids and customers on the bus, and writes each person one mail."""
