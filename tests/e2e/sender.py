"""Sends in-app notifications from a process of its own: `python -m tests.e2e.sender`."""

from __future__ import annotations

import json
import os
import random
import sys
import time

import requests


def main() -> None:
    """Send as many as stdin says, and print their ids, one a line. A 503 is asked again."""
    task = json.load(sys.stdin)
    chance = random.Random(task["seed"])  # noqa: S311 - to be repeated, not to be secret
    with requests.Session() as session:
        session.trust_env = False
        session.headers["Authorization"] = f"Bearer {os.environ['API_KEY']}"
        for number in range(task["count"]):
            body = {
                "user_id": task["user"],
                "notification_type": "in-app",
                "content": f"{task['seed']}/{number} " + "x" * chance.choice([0, 10, 1_000]),
            }
            answer = session.post(f"{task['api_url']}/notifications", json=body, timeout=60)
            answer.raise_for_status()
            time.sleep(chance.uniform(0, 0.4))  # so that cuts fall between the sends, and into them
            print(answer.json()["id"], flush=True)  # noqa: T201 - that is its answer


if __name__ == "__main__":
    main()
