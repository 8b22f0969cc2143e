"""What a text shares with its superiors and the centre, what stands in for them, and what is shared without borrowing."""
