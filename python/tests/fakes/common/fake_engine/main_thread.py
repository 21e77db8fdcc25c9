"""Mirrors isaac.md fact 6: Kit may be driven from the main thread only. There a call from elsewhere hangs; here it is told."""

import sys
import threading


def require_main_thread(what):
    """Raises RuntimeError, and says so in the log, where a caller might catch it."""
    if threading.current_thread() is not threading.main_thread():
        sentence = f"fake: {what} off the main thread: Kit would hang here"
        print(sentence, file=sys.__stderr__, flush=True)
        raise RuntimeError(sentence)
