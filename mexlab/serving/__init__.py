"""Serving the pages with Voila: server, token, host check, policy."""
