"""The pages of `kpi site` in a real browser: from a file and from a server, on a phone, in the dark, by keyboard."""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.cli.projects import kpi

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
NODE = shutil.which("node")
PATIENCE = 300

pytestmark = [
    pytest.mark.usefixtures("engine_inside"),
    pytest.mark.skipif(
        BROWSER is None or NODE is None or not (HERE / "node_modules").is_dir(),
        reason="needs Chromium, Node.js and its packages: make browser",
    ),
]


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's site."""
    folder = tmp_path_factory.mktemp("desk") / "desk"
    folder.mkdir()
    shutil.copy(ROOT / "kpi.yaml", folder)
    for name in ("kpis", "data", "baselines"):
        shutil.copytree(ROOT / name, folder / name)
    ended = kpi(folder, "site", "--out", "site")
    assert ended.code == 0, ended.err
    return folder / "site"


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """The site on a local server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def visited(folder: Path, job: dict[str, Any]) -> Any:
    """What a browser says of a job."""
    path = folder / "job.json"
    path.write_text(json.dumps(job), encoding="utf-8")
    command = [str(NODE), str(HERE / "visit.cjs"), str(BROWSER), str(path)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def names(site: Path) -> list[str]:
    """Every page; of the KPIs' two, one with segments and one that is derived."""
    pages = (path.relative_to(site).as_posix() for path in site.glob("*.html"))
    return sorted((*pages, "kpis/time_to_resolution.html", "kpis/cost_per_ticket.html"))


def test_every_page_is_sound(site: Path, address: str, tmp_path: Path) -> None:
    """No page says anything on the console, asks another host, scrolls sideways, or hides something from somebody.

    That holds from a file and from a server, for a desk and a phone, in the light and in the dark.
    """
    looks = [(1280, "light"), (360, "dark")]
    wanted = [
        {"address": f"{root}/{name}", "width": width, "scheme": scheme}
        for name in names(site)
        for (width, scheme), root in zip(looks, (site.as_uri(), address), strict=True)
    ]
    for visit in visited(tmp_path, {"visits": wanted})["visits"]:
        assert visit["complaints"] == [], visit["address"]
        assert all(url.startswith((site.as_uri(), address)) for url in visit["requests"]), visit["requests"]
        assert visit["overflow"] <= 0, visit["address"]
        serious = [v for v in visit["violations"] if v["impact"] in ("serious", "critical")]
        assert serious == [], visit["address"]


def test_the_pages_are_whole_without_a_script(site: Path, tmp_path: Path) -> None:
    """Who switches JavaScript off reads the same words."""
    addresses = [f"{site.as_uri()}/{name}" for name in ("index.html", "operations.html", "kpis/csat.html")]
    off = [{"address": a, "width": 1280, "scheme": "light", "script": False} for a in addresses]
    on = [{"address": a, "width": 1280, "scheme": "light"} for a in addresses]
    visits = visited(tmp_path, {"visits": [*off, *on]})["visits"]
    for without, with_ in zip(visits[:3], visits[3:], strict=True):
        assert 200 < without["words"] <= with_["words"]


def test_rows_are_filtered_and_sorted_by_keyboard(site: Path, tmp_path: Path) -> None:
    """The first key leads to the content; a search, a choice and a heading are reached and used without a mouse."""
    said = visited(tmp_path, {"visits": [], "filtered": f"{site.as_uri()}/operations.html"})["keyboard"]
    assert said["skip"] == "Skip to the content"
    assert 0 < said["searched"] < said["before"] == 12
    assert [words.strip() for words in said["missed"]] == ["missed"]
    assert said["state"] == "ascending"
    assert said["sorted"][0].strip() == "missed"
