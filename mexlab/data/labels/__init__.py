"""Labels: action units and their grammar, emotions and units to classes."""
