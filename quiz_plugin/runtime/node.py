"""Finding Node, and knowing that it is new enough."""

import re
import shutil
import subprocess

from quiz_plugin.runtime import pins
from quiz_plugin.runtime.errors import NodeMissingError, NodeTooOldError


def find_node() -> str:
    """Path of a Node that is new enough."""
    node = shutil.which("node")
    if node is None:
        raise NodeMissingError
    found = node_version(node)
    major = re.match(r"v(\d+)\.", found)
    if major is None or int(major[1]) < pins.NODE_MAJOR:
        raise NodeTooOldError(found)
    return node


def node_version(node: str) -> str:
    """As Node prints it: `v20.20.2`."""
    try:
        done = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return "it does not answer `node --version`"
    return done.stdout.strip() or "it printed no version"
