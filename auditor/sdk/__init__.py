"""What runs inside a user's app: the standard library and OpenTelemetry, nothing else."""
