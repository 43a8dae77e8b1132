"""A worker: a process that runs one peer and loads only its library.

    python worker.py PEER DATA_FOLDER

It reads requests, one JSON object per line, and answers each with one line. The parent
process uses `workers.py`.
"""

import json
import os
import sys
import traceback
from pathlib import Path

# Output of the libraries must not mix with the answers: only answers go to standard
# output, everything else that is printed goes to standard error.
answers = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)


def main():
    name, folder = sys.argv[1:]
    tasks = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if tasks is None:
                # Imported here, so that a missing library is reported as an answer.
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
