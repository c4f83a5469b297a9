"""The dashboard's life on terminals of all kinds, whatever becomes of them."""
