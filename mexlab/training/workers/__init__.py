"""Who trains the folds: threads, processes, the machines of a cluster."""
