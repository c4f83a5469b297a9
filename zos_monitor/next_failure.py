"""The next run that went wrong, older or newer."""
