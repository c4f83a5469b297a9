"""What commands print: output and its forms, tables, the page of a run, and news as they come."""
