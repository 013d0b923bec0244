"""What hermit-run itself can fail with, and the exit statuses that are its own."""

EXIT_CRASH = 134  # the application crashed or the machine died: what a shell shows for abort()
EXIT_TIMEOUT = 124  # as timeout(1)
EXIT_LAUNCH = 125  # hermit-run could not run the image: nothing of the application ran


class LaunchError(Exception):
    """The image cannot be run; the text says why and what to do."""
