"""What is wrong with the language data before anybody trains on it.

    findings = check(project)
    findings = check(project, [rasa_validation(project, rasa)])    # slower ones besides

Each finding names the file, the line and what to do, in a trainer's words.
"""

from wadul.training.checks.all import check, check_sentence
from wadul.training.checks.findings import Finding, Severity
from wadul.training.checks.slow import rasa_validation, same_meaning

__all__ = ["Finding", "Severity", "check", "check_sentence", "rasa_validation", "same_meaning"]
