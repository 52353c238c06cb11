#!/usr/bin/env python3
"""The real program from outside: commands and their exit codes, configuration, start, stop, TLS, restart.

    TONGBAN_BIN=build/tongban test/start/run.py [TEST …]

Prints one line a test and "start: N passed, M failed" last. Nothing here is timed.
"""
import sys

import bulk  # noqa: F401
import certificates  # noqa: F401  (tests register themselves)
import claims  # noqa: F401
import commands  # noqa: F401
import configuration  # noqa: F401
import demo_year  # noqa: F401
import documents  # noqa: F401
import indicators  # noqa: F401
import plan  # noqa: F401
import identity  # noqa: F401
import knowledge  # noqa: F401
import migrations  # noqa: F401
import publications  # noqa: F401
import rotation  # noqa: F401
import serving  # noqa: F401
import signer  # noqa: F401
import transparency  # noqa: F401
import trust  # noqa: F401
from lib import main

if __name__ == "__main__":
    sys.exit(main())
