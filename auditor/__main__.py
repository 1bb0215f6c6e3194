"""`python -m auditor` is `auditor`."""

import sys

from auditor.cli.main import main

sys.exit(main())
