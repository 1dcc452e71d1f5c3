"""openml.org on a record: the requests that scikit-learn sends are answered from files."""

from __future__ import annotations

import io
import re
import urllib.request
from email.message import Message
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.response import addinfourl

import pytest

from qualify.datasets import loading, openml, splits

RECORDED = Path(__file__).with_name("recorded")
FILES = {
    r"/api/v1/json/data/(\d+)": "api-v1-jd-{}.json.gz",
    r"/api/v1/json/data/features/(\d+)": "api-v1-jdf-{}.json.gz",
    r"/api/v1/json/data/qualities/(\d+)": "api-v1-jdq-{}.json.gz",
    r"/data/v1/download/(\d+)(?:/.*)?": "data-v1-dl-{}.arff.gz",
}


class OpenMLOnRecord(urllib.request.BaseHandler):
    """Answers HTTPS requests from the record; `away` makes it a machine without network."""

    handler_order = 100

    def __init__(self) -> None:
        self.away = False
        self.asked: list[str] = []

    def forget(self):
        """Do as a new process would: nothing is in memory."""
        for cached in (openml.fetch, loading.load, splits._split):
            cached.cache_clear()

    def https_open(self, request):
        if self.away:
            raise URLError("Name or service not known")
        self.asked.append(request.selector)
        path = next(
            RECORDED / name.format(found[1])
            for pattern, name in FILES.items()
            if (found := re.fullmatch(pattern, request.selector))
        )
        if not path.exists():
            answer = io.BytesIO(b'{"error": {"code": "111", "message": "Unknown dataset"}}')
            raise HTTPError(request.full_url, 412, "PRECONDITION FAILED", Message(), answer)
        headers = Message()
        headers["Content-Encoding"] = "gzip"
        response = addinfourl(io.BytesIO(path.read_bytes()), headers, request.full_url, 200)
        response.msg = "OK"
        return response


@pytest.fixture
def site(monkeypatch, tmp_path):
    """openml.org as recorded, and an empty cache."""
    handler = OpenMLOnRecord()
    monkeypatch.setenv("QUALIFY_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("time.sleep", lambda _: None)
    urllib.request.install_opener(urllib.request.build_opener(handler))
    handler.forget()
    yield handler
    urllib.request.install_opener(None)
    handler.forget()
