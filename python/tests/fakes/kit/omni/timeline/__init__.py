"""Mirrors `omni.timeline`: physics advances with updates while it plays."""

from fake_engine.main_thread import require_main_thread


class Timeline:
    playing = False

    def play(self):
        require_main_thread("timeline.play()")
        self.playing = True

    def pause(self):
        require_main_thread("timeline.pause()")
        self.playing = False

    def stop(self):
        require_main_thread("timeline.stop()")
        self.playing = False

    def is_playing(self):
        return self.playing


_timeline = Timeline()


def get_timeline_interface():
    return _timeline
