"""Finding Node, and knowing that it is new enough."""

import re
import shutil

from quiz_plugin.runtime import pins
from quiz_plugin.runtime.errors import NodeMissingError, NodeTooOldError
from quiz_plugin.runtime.process import run

TIMEOUT_SECONDS = 30


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
    """Ask Node; it prints, for example, `v20.20.2`."""
    try:
        done = run([node, "--version"], timeout=TIMEOUT_SECONDS)
    except OSError:
        done = None
    return (done.stdout.strip() if done else "") or "no answer to `node --version`"
