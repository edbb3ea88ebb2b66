"""The annotate page: the clip list, the player, the coding form and what stands behind them."""
