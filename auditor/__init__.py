"""Which parts of a large model's ability does a product use? Known before it is distilled."""
