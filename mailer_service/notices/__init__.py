"""Who gets which mail: pure rules."""
