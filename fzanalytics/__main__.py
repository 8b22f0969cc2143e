"""`python -m fzanalytics` is the command line."""

from fzanalytics.output.commands import main

raise SystemExit(main())
