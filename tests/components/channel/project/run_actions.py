"""Serve project_actions on loopback: `python run_actions.py PORT`."""

import sys

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor

if __name__ == "__main__":
    executor = ActionExecutor()
    executor.register_package("project_actions")
    app = create_app(executor)
    app.run(host="127.0.0.1", port=int(sys.argv[1]), single_process=True, access_log=False)
