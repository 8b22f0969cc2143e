"""Who follows whom, and the common ancestor rebuilt from its descendants."""
