"""Who is filmed: faces made of one public-domain photograph."""
