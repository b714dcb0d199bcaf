"""Work beside a measurement."""
import threading


class Background(threading.Thread):
    """Does `work` on a thread until `finish`, which raises what it failed with."""

    def __init__(self):
        super().__init__(daemon=True)
        self.is_over = threading.Event()
        self.failure: Exception | None = None

    def work(self) -> None:
        """Returns soon after `is_over` is set."""
        raise NotImplementedError

    def run(self) -> None:
        try:
            self.work()
        except Exception as failure:
            self.failure = failure

    def finish(self) -> None:
        self.is_over.set()
        self.join()
        if self.failure:
            raise self.failure
