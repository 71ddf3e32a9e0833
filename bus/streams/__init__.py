"""Reading instead of being pushed to: the log as pages and as a stream."""
