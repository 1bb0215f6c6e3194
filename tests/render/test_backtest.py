"""The page of a backtest: on a terminal, as Markdown and as HTML, on a past made by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from auditor.decide.backtest import Backtest, judge
from auditor.decide.cuts import Past
from auditor.render.backtest import page, verdict
from auditor.render.console import to_text
from auditor.render.markdown import as_markdown
from auditor.render.tables import as_text
from auditor.render.web import as_html
from tests.conftest import Golden
from tests.decide.past import Story, weekly
from tests.decide.rules import costs, rule
from tests.usage.traffic import day

DAYS = [*range(84), *range(98, 182)]
COSTS = costs(
    rule("tool.send_*", "incident"),
    rule("tool.seed*", "rework"),
    default="nuisance",
    drop_budget=1e4,
    drop_budget_total=1e5,
)


def story() -> Story:
    """Half a year with a gap: a tool for every row that a page can have."""
    told = Story().tool("search", DAYS, [on for on in DAYS if on % 2])
    told.tool("set_viewport_size", DAYS, [on for on in DAYS if on % 11 == 3])
    told.tool("send_release_signoff", DAYS, [9, 37, 72, 118, 139, 171])
    told.tool("seed_database", DAYS, [130]).hit("set_viewport_size", 130, trace="seed_database-130")
    return told.tool("list_branches", DAYS).tool("emulate_geolocation", DAYS, [60, 61])


def with_chances(past: Past) -> Past:
    """The forecasts are made by hand, so that a better model changes no sample."""
    chances = np.linspace(0.05, 0.95, len(past.cuts[0].verdicts))
    cuts = (replace(cut, chance=chances) for cut in past.cuts)
    return replace(past, cuts=tuple(cuts))


@pytest.fixture(scope="module")
def looked_back() -> Backtest:
    told = story()
    past = told.past(COSTS, first=day(28), last=day(181), horizon_days=60)
    return judge(with_chances(past), told.frame())


@pytest.mark.parametrize("width", [80, 120])
def test_the_page_fits_its_width(looked_back: Backtest, golden: Golden, width: int) -> None:
    text = to_text(as_text(page(looked_back), width), width=width)
    assert max(map(len, text.splitlines())) <= width
    golden(f"backtest-{width}", text, look_at="the first line, then the costs of each rule")


def test_the_page_as_markdown(looked_back: Backtest, golden: Golden) -> None:
    golden("backtest-markdown", as_markdown(page(looked_back)), look_at="it on a pull request")


def test_the_first_line_is_the_verdict_everywhere(looked_back: Backtest) -> None:
    told = verdict(looked_back)
    assert to_text(as_text(page(looked_back), 200), width=200).startswith(told)
    assert as_markdown(page(looked_back)).startswith(f"**{told}**")
    assert f"<title>{told.replace(chr(39), '&#x27;')}</title>" in as_html(page(looked_back), [])


HOSTILE = "x`[a](http://e)<b>|\x1b[31m\u202e@all"


@pytest.fixture(scope="module")
def hostile() -> Backtest:
    told = Story().tool(HOSTILE, range(120), [90])
    return told.backtest(costs(default="nuisance"), **weekly(60, 6))


def test_a_hostile_name_is_a_name_on_a_terminal(hostile: Backtest) -> None:
    text = to_text(as_text(page(hostile), 80), width=80)
    assert r"tool.x`[a](http://e)<b>|\x1b[31m\u202e@all" in text
    assert "\x1b" not in text


def test_a_hostile_name_is_code_in_markdown(hostile: Backtest) -> None:
    assert r"- `` tool.x`[a](http://e)<b>|\x1b[31m\u202e@all ``: $1 in 1 miss" in as_markdown(
        page(hostile)
    )


def test_a_hostile_name_is_text_in_html(hostile: Backtest) -> None:
    assert r"tool.x`[a](http://e)&lt;b&gt;|\x1b[31m\u202e@all" in as_html(page(hostile), [])


def test_a_part_of_the_traffic_says_so(hostile: Backtest) -> None:
    told = page(hostile, part="Looked at: services pr-*, origin all.")
    assert told.facts[0] == "Looked at: services pr-*, origin all."


def test_too_few_complete_cuts_say_that_there_is_no_figure() -> None:
    found = Story().tool("a", range(70)).backtest(costs(default="nuisance"), **weekly(60, 2))
    told = page(found)
    assert any(
        fact.startswith("Regret rate: no figure. It takes at least 3") for fact in told.facts
    )
    assert len(told.parts) == 1


def test_no_regret_has_no_interval() -> None:
    found = Story().tool("a", range(180)).backtest(costs(default="nuisance"), **weekly(60, 4))
    assert any(fact.startswith("Regret rate: 0%. Of 4 drops") for fact in page(found).facts)
