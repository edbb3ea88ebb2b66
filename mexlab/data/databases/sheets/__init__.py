"""Coding sheets, whatever program wrote them, to typed cells."""
