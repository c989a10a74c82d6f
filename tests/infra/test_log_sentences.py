"""Whatever any code writes into the log of a connection is a sentence on the screen Logboek."""

import pytest

from koppeling.auth import login_log
from koppeling.cli.tasks import settings_log
from koppeling.core import rendering
from koppeling.core.mail import MailKind
from koppeling.core.rendering import LANGUAGES
from koppeling.pull import approval, round_log
from koppeling.push import missing_numbers
from koppeling.watch import bounces
from tests.infra.sources import package

# Who writes lines, and with which codes; a new writer is named here
WRITERS = {
    "auth/login_log.py": {login_log.LOGGED_IN, login_log.LOGIN_LOST},
    "cli/tasks/settings_log.py": {
        settings_log.SET_UP,
        settings_log.CHANGED,
        settings_log.PAUSED,
        settings_log.RESUMED,
        settings_log.UNDONE,
        settings_log.DOUBLES_CHOSEN,
    },
    "portal/actions/connecting.py": {"reconnecting"},
    "portal/actions/doubles.py": {settings_log.DOUBLES_CHOSEN},
    "portal/actions/offering.py": {"offered-records"},
    "portal/actions/pausing.py": {"paused", "resumed"},
    "portal/actions/pulling.py": {"pull-asked", "compare-asked", "agree-list-asked"},
    "portal/mails.py": {"mailed-sign-in", "mailed-test", "mailed-login-link"},
    "portal/sign_in.py": {"signed-in", "signed-in-by-qics"},
    "pull/approval.py": {approval.STARTED, approval.LAPSED},
    "pull/round_log.py": {round_log.PULLED, round_log.COMPARED, round_log.STOPPED},
    "push/decisions.py": {"offered", "booked-again", "linked", "agreed", "skipped"},
    "push/missing_numbers.py": {missing_numbers.EXCUSED},
    "watch/bounces.py": {f"mail-{why}" for why in (bounces.BOUNCE, bounces.COMPLAINT)},
    "watch/postman.py": {f"mailed-{kind}" for kind in MailKind},
}


def test_every_writer_of_the_log_is_known() -> None:
    found = {
        source.module for source in package() for call, _ in source.calls() if call == "LogEntry"
    }

    # The store makes lines of what it reads
    assert found - {"aws/dynamodb/log.py"} == WRITERS.keys()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("writer", WRITERS)
def test_every_code_of_the_log_has_a_sentence(writer: str, language: str) -> None:
    assert WRITERS[writer] - rendering.load("portal/log", language)["what"].keys() == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_log_has_no_sentence_that_nobody_writes(language: str) -> None:
    known = {code for codes in WRITERS.values() for code in codes}

    assert rendering.load("portal/log", language)["what"].keys() == known
