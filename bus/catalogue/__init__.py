"""What is published here, for who might subscribe: as rows, as examples, as AsyncAPI."""
