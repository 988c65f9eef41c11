"""The office's own content: profile, villages, services, questions and message templates.

    offices = load_offices(Path("offices"))          # raises OfficeContentError
    office = office_for_address(offices, "whatsapp:+14155238886")

Depends on nothing of Wadul but its exceptions and core rules. What residents read is composed in
`wadul.office.answers`.
"""

from wadul.office.current import CurrentOffices
from wadul.office.loading import Checked, check_offices, load_offices
from wadul.office.matching import find_faq
from wadul.office.models import (
    CATEGORIES,
    EMERGENCY_KINDS,
    TEMPLATE_USES,
    Contact,
    EmergencyNumber,
    FaqEntry,
    Hours,
    MessageTemplate,
    Neighbour,
    Office,
    Place,
    Service,
    Village,
    office_for_address,
)
from wadul.office.problems import OfficeContentError, Problem, Severity

__all__ = [
    "CATEGORIES",
    "EMERGENCY_KINDS",
    "TEMPLATE_USES",
    "Checked",
    "Contact",
    "CurrentOffices",
    "EmergencyNumber",
    "FaqEntry",
    "Hours",
    "MessageTemplate",
    "Neighbour",
    "Office",
    "OfficeContentError",
    "Place",
    "Problem",
    "Service",
    "Severity",
    "Village",
    "check_offices",
    "find_faq",
    "load_offices",
    "office_for_address",
]
