"""Settings: where values come from, and what is said when they are wrong."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from backfin.errors import ConfigError
from backfin.settings import (
    MASK,
    EgressSettings,
    LlmSettings,
    Settings,
    SettingValue,
    config_files,
    explain,
    load_settings,
    mask_url,
    scrub,
    secrets_of,
)


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No key of the person who runs the tests, and an empty working folder."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "REDIS_URL", "OTEL_EXPORTER_OTLP_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


def write(text: str, path: Path | None = None) -> Path:
    path = path or Path("backfin.toml")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def explained(settings: Settings) -> dict[str, SettingValue]:
    return {value.key: value for value in explain(settings)}


def complaint(**overrides: object) -> str:
    with pytest.raises(ConfigError) as caught:
        load_settings(**overrides)
    return caught.value.sentence


def test_arguments_win_over_environment_over_file_over_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    write('database_url = "a"\narchive_url = "a"\nredis_url = "unix:///a"\n')
    monkeypatch.setenv("BACKFIN_ARCHIVE_URL", "b")
    monkeypatch.setenv("BACKFIN_REDIS_URL", "unix:///b")

    settings = load_settings(redis_url="unix:///c")

    assert (settings.database_url, settings.archive_url, settings.redis_url) == ("a", "b", "unix:///c")
    assert settings.log_level == "INFO"


@pytest.mark.parametrize(
    ("name", "value", "key", "expected"),
    [
        ("BACKFIN_EXCHANGES__BSE__MIN_INTERVAL", "2.5", "exchanges.bse.min_interval", 2.5),
        ("BACKFIN_EXCHANGES__BSE__COOLDOWN", "3", "exchanges.bse.cooldown", 3.0),
        (
            "BACKFIN_EXCHANGES__NSE__API_URL",
            "http://127.0.0.1:1/api",
            "exchanges.nse.api_url",
            "http://127.0.0.1:1/api",
        ),
        ("BACKFIN_EXCHANGES__NSE__MIN_INTERVAL", "1", "exchanges.nse.min_interval", "1"),
        ("BACKFIN_EGRESS__ALLOW", "127.0.0.1, 10.0.0.0/8", "egress.allow", ["127.0.0.1", "10.0.0.0/8"]),
        ("BACKFIN_PLUGINS__DISABLED", "a,b", "plugins.disabled", ["a", "b"]),
        ("BACKFIN_PLUGINS__PREFER__BSE", "mine", "plugins.prefer.bse", "mine"),
        ("BACKFIN_PLUGINS__ENABLED", "a", "plugins.enabled", ["a"]),
        ("BACKFIN_ENRICHERS", "mine,rules", "enrichers", ["mine", "rules"]),
        ("BACKFIN_PLUGIN__TELEGRAM__RETRIES", "7", "plugin.telegram.retries", "7"),
        ("BACKFIN_NOTIFICATIONS__WEBHOOK_SECRET", "whsec_c2VjcmV0", "notifications.webhook_secret", MASK),
        ("BACKFIN_NOTIFICATIONS__SMTP__PORT", "25", "notifications.smtp.port", 25),
        ("BACKFIN_LOG_LEVEL", "debug", "log_level", "DEBUG"),
        ("BACKFIN_REDIS_URL", "redis://:hunter2@host/0", "redis_url", f"redis://:{MASK}@host/0"),
    ],
)
def test_a_variable_sets_its_key_and_is_named_as_its_source(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, key: str, expected: object
) -> None:
    monkeypatch.setenv(name, value)

    assert explained(load_settings())[key] == SettingValue(key, expected, f"environment {name}")


def test_a_whole_section_may_be_written_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKFIN_LLM", '{"model": "m", "timeout": 5}')
    monkeypatch.setenv("BACKFIN_LLM__TIMEOUT", "6")

    settings = load_settings()

    assert (settings.llm.model, settings.llm.timeout) == ("m", 6.0)
    assert explained(settings)["llm.model"].source == "environment BACKFIN_LLM"


@pytest.mark.parametrize(
    ("value", "expected"), [("", ()), ("nse", ("nse",)), ("nse, deals", ("nse", "deals"))]
)
def test_the_short_plugins_variable_chooses_plugins_and_may_be_empty(
    monkeypatch: pytest.MonkeyPatch, value: str, expected: tuple[str, ...]
) -> None:
    monkeypatch.setenv("BACKFIN_PLUGINS", value)
    monkeypatch.setenv("BACKFIN_PLUGINS__DISABLED", "x")

    settings = load_settings()

    assert settings.plugins.enabled == expected
    assert settings.plugins.disabled == ("x",)
    assert explained(settings)["plugins.enabled"].source == "environment BACKFIN_PLUGINS"


def test_all_installed_plugins_are_wanted_when_nothing_is_said() -> None:
    assert load_settings().plugins.enabled is None


@pytest.mark.parametrize(
    "name", ["BACKFIN_HOME", "BACKFIN_REDIS_URL", "BACKFIN_LLM__TIMEOUT", "BACKFIN_LOG_LEVEL", "REDIS_URL"]
)
def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delenv("BACKFIN_HOME")
    monkeypatch.setenv("HOME", str(Path.cwd()))
    expected = load_settings()

    monkeypatch.setenv(name, "")

    assert load_settings() == expected
    assert expected.home == Path.cwd() / ".backfin"


def test_names_of_other_tools_are_used_only_where_nothing_else_speaks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-other")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://other/v1")
    monkeypatch.setenv("REDIS_URL", "redis://other/0")
    write('[llm]\nbase_url = "http://file/v1"\n')
    monkeypatch.setenv("BACKFIN_REDIS_URL", "redis://mine/0")

    settings = load_settings()

    values = explained(settings)
    assert settings.llm.api_key is not None
    assert settings.llm.api_key.get_secret_value() == "sk-other"
    assert (values["llm.api_key"].value, values["llm.api_key"].source) == (MASK, "environment OPENAI_API_KEY")
    assert (settings.llm.base_url, values["llm.base_url"].source) == (
        "http://file/v1",
        "backfin.toml (backfin.toml)",
    )
    assert (settings.redis_url, values["redis_url"].source) == (
        "redis://mine/0",
        "environment BACKFIN_REDIS_URL",
    )


@pytest.mark.parametrize("url", ["nonsense", "http://host/0", "redis://host:port/0", "redis://host:0"])
def test_a_redis_url_that_can_be_none_is_refused_with_what_would_do(url: str) -> None:
    sentence = complaint(redis_url=url)

    assert f"{url!r} will not do: it is no address of a Redis; write redis://host:6379/0" in sentence


def test_redis_url_alone_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://other/0")

    assert explained(load_settings())["redis_url"].source == "environment REDIS_URL"


@pytest.mark.parametrize("way", ["environment", "argument", "file"])
def test_a_tilde_in_home_is_expanded(monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    monkeypatch.delenv("BACKFIN_HOME")
    monkeypatch.setenv("HOME", "/people/asha")
    if way == "environment":
        monkeypatch.setenv("BACKFIN_HOME", "~/b")
    if way == "file":
        write('home = "~/b"')

    settings = load_settings(home="~/b") if way == "argument" else load_settings()

    assert settings.home == Path("/people/asha/b")
    assert settings.effective_database_url == "sqlite:////people/asha/b/backfin.db"


def test_the_file_of_the_working_folder_wins_over_that_of_home(tmp_path: Path) -> None:
    home = tmp_path / "elsewhere"
    write('log_level = "ERROR"\nlog_format = "json"', home / "backfin.toml")

    before = load_settings(home=home)
    write('log_level = "DEBUG"')
    after = load_settings(home=home)

    assert (before.log_level, before.log_format) == ("ERROR", "json")
    assert (after.log_level, after.log_format) == ("DEBUG", "console")
    assert explained(before)["home"].source == "argument"


def test_files_are_looked_for_here_and_in_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKFIN_HOME", "/somewhere")

    assert config_files() == [Path("backfin.toml"), Path("/somewhere/backfin.toml")]


def test_every_problem_is_reported_at_once_with_its_source_and_what_would_be_right(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write('zulipp = 1\nlog_format = "yaml"\n[steps]\nmax_tries = 0\nmax_tires = 3\n[plugins]\ndisabled = 5\n')
    monkeypatch.setenv("BACKFIN_HOEM", "x")
    monkeypatch.setenv("BACKFIN_LLM_MODEL", "x")
    monkeypatch.setenv("BACKFIN_LLM__MODLE", "x")
    monkeypatch.setenv("BACKFIN_HOME__DEEPER", "x")
    monkeypatch.setenv("BACKFIN_LLM__TIMEOUT", "soon")
    monkeypatch.setenv("BACKFIN_EGRESS", "not json")

    sentence = complaint(redis_url=7)

    head, *lines = sentence.split("\n")
    assert head == "12 settings need correcting:"
    expected = [
        "BACKFIN_HOEM (environment): no setting has this name; did you mean BACKFIN_HOME",
        "BACKFIN_HOME__DEEPER (environment): no setting has this name",
        "BACKFIN_LLM_MODEL (environment): no setting has this name; did you mean BACKFIN_LLM__MODEL",
        "BACKFIN_LLM__MODLE (environment): no setting has this name; did you mean BACKFIN_LLM__MODEL",
        "redis_url (argument): 7 will not do: input should be a valid string",
        "log_format (backfin.toml (backfin.toml)): 'yaml' will not do: input should be 'console' or 'json'",
        "llm.timeout (environment BACKFIN_LLM__TIMEOUT): 'soon' will not do",
        "egress (environment BACKFIN_EGRESS): 'not json' will not do",
        "steps.max_tries (backfin.toml (backfin.toml)): 0 will not do: "
        "input should be greater than or equal to 1; the default is 5",
        "steps.max_tires (backfin.toml (backfin.toml)): no setting has this name; "
        "did you mean steps.max_tries",
        "plugins.disabled (backfin.toml (backfin.toml)): 5 will not do",
        "zulipp (backfin.toml (backfin.toml)): no setting has this name; there are home, redis_url",
    ]
    assert len(lines) == len(expected)
    assert [start for start in expected if not any(line.startswith(f"  - {start}") for line in lines)] == []


def test_a_file_that_is_no_toml_is_named_with_its_line_and_other_problems_still_show(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = write("[llm]\nmodel = \n")
    monkeypatch.setenv("BACKFIN_LLM__TIMEOUT", "-1")

    sentence = complaint()

    assert f"{path} is not valid TOML: Invalid value (at line 2, column 9)" in sentence
    assert "llm.timeout (environment BACKFIN_LLM__TIMEOUT): '-1' will not do" in sentence
    assert sentence.startswith("2 settings need correcting:")


def test_a_file_in_another_encoding_is_a_plain_error() -> None:
    Path("backfin.toml").write_bytes(b'home = "\xff"')

    assert "backfin.toml cannot be read" in complaint()


@pytest.mark.parametrize("value", ["inf", "nan", "-1", "0"])
def test_a_time_limit_is_a_finite_number_above_zero(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("BACKFIN_LLM__TIMEOUT", value)

    assert "llm.timeout" in complaint()


def test_a_budget_in_dollars_needs_prices() -> None:
    settings = Settings(llm={"daily_budget_usd": 5, "output_usd_per_million": 2})

    assert settings.llm.daily_budget_usd == 5
    assert "llm.daily_budget_usd" in complaint(llm={"daily_budget_usd": 5})


@pytest.mark.parametrize("url", ["api.bseindia.com", "ftp://host/x", "https://", ""])
def test_an_address_of_an_exchange_is_a_web_address(url: str) -> None:
    assert "exchanges.bse.api_url" in complaint(exchanges={"bse": {"api_url": url}})


def test_a_bad_secret_is_reported_without_its_value() -> None:
    sentence = complaint(llm={"api_key": 123456789})

    assert "llm.api_key (argument)" in sentence
    assert "123456789" not in sentence


def test_a_secret_that_can_sign_nothing_and_a_host_that_is_none_are_reported_with_the_rest() -> None:
    sentence = complaint(
        notifications={"webhook_secret": "whsec_c2VjcmV0,hunter2"},
        egress={"allow": ["127.0.0.1", "no host!"]},
        llm={"timeout": 0},
    )

    assert "3 settings need correcting" in sentence
    assert "notifications.webhook_secret (argument): must be whsec_" in sentence
    assert "'no host!' is no host" in sentence
    assert "hunter2" not in sentence


def test_a_secret_is_not_in_the_error_of_settings_that_were_made_in_python() -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(notifications={"webhook_secret": "hunter2"})  # type: ignore[arg-type]

    assert "hunter2" not in str(caught.value)


def test_a_long_password_of_a_refused_address_is_not_shown_in_part() -> None:
    sentence = complaint(redis_url=f"http://user:{'hunter2' * 20}@host/0")

    assert "redis_url" in sentence
    assert "hunter2" not in sentence


@pytest.mark.parametrize(
    "url",
    [
        "redis://host/0?password=hunter2",
        "postgresql://u@host/db?sslmode=require&password=hunter2",
        "postgresql://u:hun@ter2/x@host/db",
        "http://host/v1?key=hunter2&x=1",
        "s3://host/x?secret=hunter2#part",
    ],
)
def test_a_password_is_hidden_wherever_a_url_has_it(url: str) -> None:
    shown = mask_url(f"at {url} or so")

    assert MASK in shown
    assert "ter2" not in shown
    assert shown.startswith("at ")
    assert shown.endswith(" or so")


def test_a_section_of_an_exchange_is_kept_as_written_and_is_a_table() -> None:
    write("[exchanges.nse]\nmin_interval = 2\n")

    assert load_settings().exchanges.section("nse") == {"min_interval": 2}
    assert load_settings().exchanges.section("other") == {}
    assert "exchanges.nse (argument): 3 will not do" in complaint(exchanges={"nse": 3})
    assert "nse.catch_up_days" in complaint(exchanges={"nse": {"catch_up_days": "long"}})


def test_problems_are_also_there_one_by_one() -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(llm={"timeout": 0})

    [problem] = caught.value.problems
    assert (problem.key, problem.source) == ("llm.timeout", "argument")
    assert caught.value.sentence.startswith("One setting needs correcting:")


def test_unknown_arguments_are_refused_also_without_the_report() -> None:
    with pytest.raises(ValidationError, match="hoem"):
        Settings(hoem="x")  # type: ignore[call-arg]


def test_settings_and_their_sections_are_frozen() -> None:
    settings = Settings()

    with pytest.raises(ValidationError):
        settings.log_level = "DEBUG"
    with pytest.raises(ValidationError):
        settings.llm.timeout = 1.0


def test_explained_settings_are_json_and_hold_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKFIN_LLM__API_KEY", "sk-hush-1")
    monkeypatch.setenv("BACKFIN_NOTIFICATIONS__SMTP__PASSWORD", "hush-2")
    monkeypatch.setenv("BACKFIN_PLUGIN__TELEGRAM__BOT_TOKEN", "hush-3")
    monkeypatch.setenv("BACKFIN_EXCHANGES__NSE__PASSWORD", "hush-4")
    monkeypatch.setenv("BACKFIN_DATABASE_URL", "postgresql://me:hush-5@host/db")

    text = json.dumps([asdict(value) for value in explain(load_settings())])

    assert "hush" not in text
    assert text.count(f'"{MASK}"') == 4
    assert f"postgresql://me:{MASK}@host/db" in text


def test_values_that_follow_from_others_are_shown_as_they_take_effect(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path)

    values = {value.key: value for value in explain(settings, {"redis_url": "unix:///run/x.sock"})}

    assert values["database_url"] == SettingValue(
        "database_url", f"sqlite:///{tmp_path}/backfin.db", "default"
    )
    assert values["archive_url"].value == str(tmp_path / "archive")
    assert values["redis_url"].value == "unix:///run/x.sock"


def test_an_argument_that_overrides_the_environment_is_its_own_source(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BACKFIN_LLM__MODEL", "theirs")

    settings = load_settings(llm=LlmSettings(model="mine"), egress={"allow": ("h",)})

    values = explained(settings)
    assert (values["llm.model"].value, values["llm.model"].source) == ("mine", "argument")
    assert values["egress.allow"].source == "argument"
    assert values["steps.deadline"].source == "default"


def test_every_secret_is_known_also_one_of_several() -> None:
    settings = Settings(
        llm={"api_key": "sk-123456"},  # type: ignore[arg-type]
        notifications={"webhook_secret": "whsec_b25lMQ==,whsec_dHdvMg=="},  # type: ignore[arg-type]
        redis_url="redis://:hunter2@h/0",
        plugin={"telegram": {"bot_token": "t0ken-value", "chat": "public-name", "api_key": "abc"}},
    )

    secrets = secrets_of(settings)

    assert set(secrets) == {
        "sk-123456",
        "whsec_b25lMQ==,whsec_dHdvMg==",
        "whsec_b25lMQ==",
        "whsec_dHdvMg==",
        "hunter2",
        "t0ken-value",
    }
    assert scrub("at redis://:hunter2@h/0 with whsec_dHdvMg==, public-name", secrets) == (
        f"at redis://:{MASK}@h/0 with {MASK}, public-name"
    )


@given(
    password=st.text(
        alphabet=st.characters(blacklist_characters="/@ ", categories=["L", "N", "P"]), min_size=1
    )
)
def test_no_password_of_a_url_survives_masking(password: str) -> None:
    assert mask_url(f"see redis://user:{password}@host/0 now") == f"see redis://user:{MASK}@host/0 now"


def test_masking_a_long_word_costs_as_much_as_it_is_long() -> None:
    def cpu_s(length: int) -> float:
        started = time.thread_time()
        mask_url("x" * length)
        return time.thread_time() - started

    growth = min(cpu_s(80_000) for _ in range(3)) / max(min(cpu_s(20_000) for _ in range(3)), 0.001)

    assert growth < 11, "four times the length costs sixteen times as much where reading is quadratic"


def test_making_settings_is_cheap_enough_for_tests() -> None:
    assert Settings(egress=EgressSettings(allow=("a",))).egress.allow == ("a",)
