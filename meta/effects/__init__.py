"""Effect sizes: from what a study prints to an estimate with a sampling variance."""
