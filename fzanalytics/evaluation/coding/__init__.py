"""Human judgement: pairs drawn at random, coded blind, and how coders agree with each other and measures with them."""
