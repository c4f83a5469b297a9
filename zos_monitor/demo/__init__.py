"""A sample database and a live night, for people without a zos."""
