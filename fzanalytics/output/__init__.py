"""From measures to figures, tables, a manifest and the command line."""
