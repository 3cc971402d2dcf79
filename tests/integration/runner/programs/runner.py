"""A program that serves the deployments named on its command line until it is told to stop."""

import sys

from pacc.logging import configure
from pacc.runner.runner import Runner

configure()
runner = Runner(limit=int(sys.argv[1]) or None)
for identity in sys.argv[2:]:
    runner.add(identity)
print("serving", flush=True)
runner.run()
print("stopped", flush=True)
