"""Topic shares by covariates: formula, regression, draws."""
