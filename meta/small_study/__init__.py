"""Small-study effects: whether small studies show other effects than large ones, and what follows."""
