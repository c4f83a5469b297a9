"""The HTTP face: the same answers for other programs, and all questions for a dashboard afar."""
