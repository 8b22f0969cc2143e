"""What words distinguish levels, regions and periods, and how they move over time."""
