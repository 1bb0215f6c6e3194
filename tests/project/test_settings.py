"""Settings in force: what they mean, and where they came from."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.errors import BadProjectError
from auditor.model import Origin, Thresholds
from auditor.project import Settings, load
from tests.project.files import project


def _settings(folder: Path, text: str = "", **environ: str) -> Settings:
    return load(project(folder, settings=text), environ=environ).settings


@pytest.mark.parametrize(
    ("environment", "origin"),
    [
        ("", Origin.PRODUCTION),
        ("production", Origin.PRODUCTION),
        ("eu-prod", Origin.PRODUCTION),
        ("staging", Origin.TEST),
        ("eval-nightly", Origin.EVAL),
        ("shadow", Origin.SHADOW),
        ("somewhere", Origin.TEST),
        ("origin:eval", Origin.EVAL),
        ("origin:nonsense", Origin.TEST),
    ],
)
def test_an_environment_has_an_origin(tmp_path: Path, environment: str, origin: Origin) -> None:
    assert _settings(tmp_path).origin_of(environment) is origin


def test_the_first_list_that_matches_wins(tmp_path: Path) -> None:
    settings = _settings(tmp_path, '[environments]\nproduction = ["eu-*"]\ntest = ["*"]\n')
    assert settings.origin_of("eu-test") is Origin.PRODUCTION
    assert settings.origin_of("prod") is Origin.TEST


def test_a_student_pattern_beats_a_teacher_pattern(tmp_path: Path) -> None:
    settings = _settings(tmp_path, '[models]\nteacher = ["gpt*"]\nstudent = ["gpt-mini*"]\n')
    served = [settings.served_by(model) for model in ("gpt-4o", "gpt-mini-2", "llama")]
    assert served == ["teacher", "student", "other"]


def test_thresholds_default_to_the_documented_numbers(tmp_path: Path) -> None:
    assert _settings(tmp_path).thresholds == Thresholds()


def test_enough_exposure_follows_from_the_rare_share(tmp_path: Path) -> None:
    # ln 0.05 / ln 0.95 = 58.4
    assert _settings(tmp_path, "[audit]\nrare_share = 0.05\n").thresholds.min_exposure == 59


def test_a_variable_beats_the_file_which_beats_the_default(tmp_path: Path) -> None:
    text = '[audit]\nmin_age = "20d"\nmin_samples = 100\n'
    settings = _settings(tmp_path, text, AUDITOR_AUDIT_MIN_AGE="2w")
    in_force = {setting.key: (setting.value, setting.came_from) for setting in settings.in_force}
    assert in_force["audit.min_age"] == ("14d", "AUDITOR_AUDIT_MIN_AGE")
    assert in_force["audit.min_samples"] == (100, "auditor.toml:3")
    assert in_force["audit.window"] == ("182d", "default")


def test_a_variable_of_a_list_is_cut_at_commas(tmp_path: Path) -> None:
    settings = _settings(tmp_path, AUDITOR_MODELS_TEACHER="gpt-4o*, claude*")
    assert settings.models.teacher == ("gpt-4o*", "claude*")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        (
            "AUDITOR_AUDIT_MIN_AGE",
            "30",
            "AUD106 audit.min_age: read '30', expected a whole number with a unit: 90d, 12w or 48h",
        ),
        (
            "AUDITOR_AUDIT_MIN_AGEE",
            "30d",
            "AUD402 names no setting (did you mean 'AUDITOR_AUDIT_MIN_AGE'?)",
        ),
    ],
)
def test_a_bad_variable_is_named(tmp_path: Path, name: str, value: str, sentence: str) -> None:
    with pytest.raises(BadProjectError) as caught:
        _settings(tmp_path, **{name: value})
    assert caught.value.faults == (f"{name}: {sentence}",)


def test_variables_of_other_things_are_left_alone(tmp_path: Path) -> None:
    assert _settings(tmp_path, AUDITOR_PROJECT="/somewhere").thresholds == Thresholds()
