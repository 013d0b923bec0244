"""hermit-bench: measures Hermitage and Linux side by side and writes the results."""
