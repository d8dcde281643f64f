"""How much a result rests on single studies or events: influence, sensitivity, robustness."""
