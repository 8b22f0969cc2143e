"""From texts and matrices to the measures of a paper."""
