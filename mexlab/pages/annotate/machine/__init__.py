"""What the machine offers a coder: the ribbon, the apex, landmarks, magnified motion."""
