"""`python -m sandbox.aws`: moto's SQS and S3 with the declared queues and buckets.

What is in them is in memory: it is gone when this program ends.
"""

import argparse
import json
import logging
import signal
import sys
import threading
from pathlib import Path

from moto.server import ThreadedMotoServer

from sandbox.aws.resources import Declaration, make


def main() -> None:
    """Serves until it is told to stop."""
    parser = argparse.ArgumentParser(prog="sandbox.aws", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--config", type=Path, help="queues and buckets, JSON")
    options = parser.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    server = ThreadedMotoServer(options.host, options.port, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    if options.config is not None:
        make(f"http://{options.host}:{port}", Declaration.of_file(options.config))
    sys.stdout.write(json.dumps({"event": "listening", "port": port}) + "\n")
    sys.stdout.flush()
    stop.wait()
    server.stop()


if __name__ == "__main__":
    main()
