"""Daily counters become states, chances and bounds (pure: no clock, no file, no database)."""
