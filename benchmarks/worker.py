"""A worker: the process in which one peer runs, alone with its library.

    python worker.py PEER DATA_FOLDER

Reads requests, one JSON object a line, and answers each with one line. `workers.py` is
the other end.
"""

import json
import os
import sys
import traceback
from pathlib import Path

# What a library prints must not come between the answers: they go to the real standard
# output, and all else that is printed goes to standard error.
answers = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)


def main():
    name, folder = sys.argv[1:]
    tasks = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if tasks is None:
                # Here, so that a library that is missing is an answer, too.
                from tasks import Tasks

                tasks = Tasks(name, Path(folder))
            answer = {"result": getattr(tasks, request["task"])(**request["options"])}
        except Exception as error:
            traceback.print_exc()
            reason = (str(error).strip() or "no message").splitlines()[0]
            answer = {"error": f"{type(error).__name__}: {reason}"}
        print(json.dumps(answer), file=answers)


if __name__ == "__main__":
    main()
