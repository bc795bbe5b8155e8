"""Whether a stored capture is a picture, found out in a worker process; a picture gets its file.

The libraries that read some kinds are C: what kills the process costs that capture, not the run.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from normalise.errors import HkcnewsError
from normalise.files import ArticleWriter
from scraper.crawl.image_values import ImageFacts, ImageResult
from scraper.errors import BadRecord, NoImage
from scraper.images.files import image_path
from scraper.images.kinds import measure
from scraper.models import CaptureLocation
from scraper.warc.payload import read_image
from scraper.wayback.playback import payload_digest

_ERROR_STATUS = 400


@dataclass(frozen=True, slots=True)
class ImageJob:
    """A stored capture, and the place in an article that names the file of its picture."""

    location: CaptureLocation
    article_id: int
    number: int


@dataclass(frozen=True, slots=True)
class ImageJudgement:
    """What a capture is: a picture with its file, or why it is none."""

    result: ImageResult
    reason: str = ""
    message: str = ""
    file: str = ""
    facts: ImageFacts | None = None


def judge_images(jobs: list[ImageJob], out: Path) -> list[ImageJudgement]:
    """Judge captures, and write those that are pictures below a folder.

    Raises `OSError` where the disk refuses.
    """
    writer = ArticleWriter(out)
    return [_judge(job, writer) for job in jobs]


def _judge(job: ImageJob, writer: ArticleWriter) -> ImageJudgement:
    try:
        page = read_image(job.location)
        if page.status is not None and page.status >= _ERROR_STATUS:
            message = f"the capture of an error: {page.status}"
            return ImageJudgement(ImageResult.NOT_IMAGE, "error-page", message)
        measured = measure(page.body)
        digest = payload_digest(page.body)
        path = image_path(job.article_id, job.number, digest, measured.kind.extension)
        writer.write_bytes(path, page.body)
    except NoImage as error:
        return ImageJudgement(ImageResult.NOT_IMAGE, error.reason, str(error))
    except BadRecord as error:
        return ImageJudgement(ImageResult.CRASHED, "damaged", str(error))
    except HkcnewsError as error:  # a link leads out of the folder
        return ImageJudgement(ImageResult.CRASHED, "not-written", str(error))
    facts = ImageFacts(
        *(measured.kind.mime, measured.width, measured.height, len(page.body), digest)
    )
    return ImageJudgement(ImageResult.IMAGE, file=path.as_posix(), facts=facts)
