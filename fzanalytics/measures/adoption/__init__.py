"""When jurisdictions adopt: clocks, censoring, event history."""
