"""The page of `doppel serve`, asked as a browser would."""
import json
import subprocess
import urllib.request

from rounds import Fault

PATIENCE = 180  # seconds, on a machine with other work


class Page:
    """Serves DATA from the bench's folder until it is closed."""

    def __init__(self, bench, *words):
        self.process = subprocess.Popen([bench.program, "serve", *words], cwd=bench.folder, env=bench.environment(),
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                        process_group=0)
        self.address, self.token, said = "", "", ""
        for line in self.process.stdout:
            said += line
            if "http://" in line:
                address, _, self.token = line.split("http://")[1].split()[0].partition("#")
                self.address = "http://" + address.split("?")[0].rstrip("/")
                return
        raise Fault(f"the page doesn't begin: {said}")

    def ask(self, path, data=None):
        """The answer's bytes; with data it is a POST."""
        request = urllib.request.Request(self.address + path, data, headers={
            "Content-Type": "application/json", "X-Doppel-Token": self.token})
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.read()

    def post(self, path, body):
        return json.loads(self.ask(path, json.dumps(body).encode()))

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
