"""What a snapshot would expose, told before anything of it is written."""

from archiver.preview.agreeing import gate
from archiver.preview.page import page, write_page
from archiver.preview.survey import Exposure, survey
from archiver.preview.telling import parts

__all__ = ["Exposure", "gate", "page", "parts", "survey", "write_page"]
