"""What nobody has foreseen: it ends nothing that can go on, and tells nobody of the data."""
