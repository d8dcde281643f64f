"""Charts: figures beside the forest plot, one idea a module, all made of the same few marks."""
