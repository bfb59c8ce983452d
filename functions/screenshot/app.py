"""Screenshot: kinds that take single frames, and the frames that the models look at."""

from sluice.kinds.animation.run import run as animation
from sluice.kinds.chapters.run import run as chapters
from sluice.kinds.image.run import run as image
from sluice.kinds.screenshot.run import run as screenshot
from sluice.kinds.sprite.run import run as sprite
from sluice.steps.frames import sample
from sluice.steps.shots import detect
from sluice.steps.sound import extract
from sluice.worker import worker

lambda_handler = worker(
    {
        "image": image,
        "screenshot": screenshot,
        "sprite": sprite,
        "animation": animation,
        "chapters": chapters,
        "frames": sample,
        "sound": extract,
        "shots": detect,
    }
)
