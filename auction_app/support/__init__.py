"""What whoever runs the house does for members from a shell, where no page lets anybody."""
