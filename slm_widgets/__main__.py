"""``python -m slm_widgets``, where the command itself is not on the PATH."""

import sys

from slm_widgets.cli import main

sys.exit(main())
