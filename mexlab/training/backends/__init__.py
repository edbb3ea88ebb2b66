"""How a fold is trained: the plain loop, folds stacked in torch, the fused kernel."""
