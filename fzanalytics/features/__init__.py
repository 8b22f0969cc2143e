"""From texts to tokens and matrices."""
