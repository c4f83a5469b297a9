"""Reading zos's database: opening it and its faults, SQL, rows to models."""
