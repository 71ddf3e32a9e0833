"""What a process counts of itself, and how Prometheus reads it; nothing is imported until asked."""
