#!/usr/bin/env python3
"""Runs program.py: one JSON value a line on standard input, one {"output": ..., "confidence": ...} a line on standard output."""
import json
import sys

import program


def main():
    for line in sys.stdin:
        if line.strip():
            value = json.loads(line)
            output = program.execute(value)
            confidence = program.confidence(value, output) if hasattr(program, "confidence") else None
            print(json.dumps({"output": output, "confidence": confidence}), flush=True)


if __name__ == "__main__":
    main()
