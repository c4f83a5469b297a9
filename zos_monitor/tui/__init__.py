"""The dashboard, drawn with Textual."""
