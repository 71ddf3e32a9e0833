"""What the app does, a file for each verb."""
