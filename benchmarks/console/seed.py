"""An office after several busy years: a million messages and a hundred thousand tickets.

Set-based SQL on PostgreSQL. Residents write unequally often (the busiest has thousands of
messages), words are unequally frequent, and rows are as old as their ids say.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import psycopg
from sqlalchemy import make_url
from sqlalchemy.orm import Session

from wadul.core.states import Category, Role
from wadul.database import Database
from wadul.models import User, new_id
from wadul.office import Office

RESIDENTS = 20_000
INBOUND, OUTBOUND = 600_000, 400_000
TICKETS = 100_000
OPERATORS = 50
HELD, QUEUED = 400, 60  # conversations with people now
WORDS = """
saya mau tanya bikin ktp kk akta kelahiran surat pindah domisili syarat biaya berapa lama pak bu
min jalan rusak berlubang banjir selokan mampet sampah lampu mati desa blok rt rw kantor kecamatan
buka jam hari senin bansos bpjs pkh tanah sertifikat pbb nikah sktm usaha izin petugas laporan
belum sudah tolong kapan kemarin besok anak ibu bapak tetangga sekolah pasar sawah irigasi air
""".split()


@dataclass(frozen=True)
class Seeded:
    operators: list[UUID]
    names: list[str]  # words that are in some residents' names
    rare: list[str]  # words that few messages have


def seed(database: Database, office: Office, *, scale: float = 1.0) -> Seeded:
    """Fills an empty, migrated database; `scale` shrinks everything but the people."""
    operators = [new_id() for _ in range(OPERATORS)]
    with database.transaction() as session:
        for index, user_id in enumerate(operators):
            _hire(session, office, user_id, f"petugas{index}", Role.OPERATOR)
        for role in (Role.SUPERVISOR, Role.INSPECTOR, Role.ADMIN):
            _hire(session, office, new_id(), role.value, role)
    generator = random.Random(7)
    names = [_syllables(generator, 2) for _ in range(600)]
    rare = [_syllables(generator, 3) for _ in range(6000)]
    url = make_url(database.engine.url).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
        _fill(connection, office, generator, names, rare, scale)
        _hand_out(connection, office, operators)
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")  # as autovacuum does in years of use
    return Seeded(operators, names, rare)


def _hire(session: Session, office: Office, user_id: UUID, name: str, role: Role) -> None:
    session.add(
        User(
            office_id=office.id,
            id=user_id,
            name=name,
            full_name=name.title(),
            role=role,
            password_hash="-",  # they come in by link
            on_duty=role is Role.OPERATOR,
            created_at=datetime.now(UTC),
        )
    )


def _fill(
    connection: psycopg.Connection,
    office: Office,
    generator: random.Random,
    names: list[str],
    rare: list[str],
    scale: float,
) -> None:
    residents = max(1000, int(RESIDENTS * scale))
    parameters = {
        "office": office.id,
        "office_address": office.whatsapp[0],
        "residents": residents,
        "inbound": int(INBOUND * scale),
        "outbound": int(OUTBOUND * scale),
        "tickets": int(TICKETS * scale),
        "categories": [c.value for c in Category],
        "desas": [village.name for village in office.villages],
        "names": names,
    }
    connection.execute("CREATE TEMP TABLE sayings (n int PRIMARY KEY, text text)")
    with connection.cursor().copy("COPY sayings FROM STDIN") as copy:
        for number in range(40_000):
            words = generator.choices(WORDS, k=generator.randint(3, 12))
            if number % 3 == 0:
                words.append(generator.choice(rare))
            copy.write_row((number, " ".join(words)))
    for statement in _STATEMENTS:
        connection.execute(statement, parameters)


def _hand_out(connection: psycopg.Connection, office: Office, operators: list[UUID]) -> None:
    """The latest conversations are with people; each operator holds some."""
    rows = connection.execute(
        "SELECT id FROM conversations WHERE office_id = %s ORDER BY last_inbound_at DESC NULLS LAST"
        " LIMIT %s",
        (office.id, HELD + QUEUED),
    ).fetchall()
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE conversations SET handled_by = 'operator', owner_id = %s, handled_since = now()"
            " WHERE office_id = %s AND id = %s",
            [
                (operators[index % len(operators)], office.id, row[0])
                for index, row in enumerate(rows[:HELD])
            ],
        )
        cursor.executemany(
            "INSERT INTO operator_leases (office_id, conversation_id, owner_id, until)"
            " VALUES (%s, %s, %s, now() + interval '1 day')",
            [
                (office.id, row[0], operators[index % len(operators)])
                for index, row in enumerate(rows[:HELD])
            ],
        )
        cursor.executemany(
            "UPDATE conversations SET handled_by = 'queue', handled_since = now()"
            " WHERE office_id = %s AND id = %s",
            [(office.id, row[0]) for row in rows[HELD:]],
        )


def _syllables(generator: random.Random, count: int) -> str:
    return "".join(
        generator.choice("bcdgjklmnprstw") + generator.choice("aeiou") for _ in range(count + 1)
    )


_STATEMENTS = (
    """
    CREATE FUNCTION pg_temp.id_at(at timestamptz) RETURNS uuid LANGUAGE sql VOLATILE AS $$
        SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0')
            || '7' || substr(md5(random()::text), 1, 3)
            || '8' || substr(md5(random()::text), 1, 15))::uuid
    $$
    """,
    """
    INSERT INTO contacts (office_id, id, address, profile_name, created_at)
    SELECT %(office)s, pg_temp.id_at(at), 'whatsapp:+628' || (1000000000 + n),
        initcap((%(names)s::text[])[1 + (random() * 599)::int] || ' '
            || (%(names)s::text[])[1 + (random() * 599)::int]), at
    FROM (SELECT n, now() - interval '1095 days' + random() * interval '10 days' AS at
        FROM generate_series(1, %(residents)s) n) t
    """,
    """
    INSERT INTO conversations (office_id, id, contact_id, channel, office_address, created_at,
        handled_by, handled_since)
    SELECT office_id, pg_temp.id_at(created_at), id, 'whatsapp', %(office_address)s, created_at,
        'bot', created_at
    FROM contacts
    """,
    """
    CREATE TEMP TABLE people AS
    SELECT row_number() OVER () - 1 AS n, id, contact_id FROM conversations
    """,
    "CREATE UNIQUE INDEX ON people (n)",
    """
    CREATE TEMP TABLE said AS
    SELECT m.n, p.id AS conversation_id, m.at, pg_temp.id_at(m.at) AS id,
        pg_temp.id_at(m.at + interval '2 seconds') AS turn_id
    FROM (SELECT n, floor(%(residents)s * random() ^ 2)::int AS who,
            now() - interval '1 hour' - random() * interval '1000 days' AS at
        FROM generate_series(1, %(inbound)s) n) m
    JOIN people p ON p.n = m.who
    """,
    """
    INSERT INTO turns (office_id, id, conversation_id, state, created_at, attempts, done_at, intent,
        confidence)
    SELECT %(office)s, turn_id, conversation_id, 'done', at, 1, at,
        CASE WHEN random() < 0.005 THEN 'complaint/levy_gratification'
            WHEN random() < 0.3 THEN 'complaint/roads_irrigation_drainage'
            ELSE 'consultation/requirements' END, 0.9
    FROM said
    """,
    """
    INSERT INTO inbound_messages (office_id, id, conversation_id, channel, external_id, kind, state,
        text, raw, received_at, turn_id)
    SELECT %(office)s, s.id, s.conversation_id, 'whatsapp', 'SM' || lpad(to_hex(s.n), 32, '0'),
        'text', 'joined', a.text, '{}', s.at, s.turn_id
    FROM (SELECT *, floor(random() * 40000)::int AS saying FROM said) s
    JOIN sayings a ON a.n = s.saying
    """,
    """
    INSERT INTO outbound_messages (office_id, id, conversation_id, turn_id, position, author, text,
        choices, template_variables, state, attempts, external_id, created_at, sent_at)
    SELECT %(office)s, pg_temp.id_at(s.at + interval '3 seconds'), s.conversation_id, s.turn_id, 0,
        CASE WHEN s.n %% 10 = 0 THEN 'operator' ELSE 'bot' END,
        'Baik, Bapak/Ibu. ' || a.text, '[]', '{}', 'read', 1, 'SM' || lpad(to_hex(s.n), 32, 'f'),
        s.at + interval '3 seconds', s.at + interval '3 seconds'
    FROM (SELECT *, floor(random() * 40000)::int AS saying FROM said WHERE n <= %(outbound)s) s
    JOIN sayings a ON a.n = s.saying
    """,
    """
    UPDATE conversations c SET last_inbound_at = l.at
    FROM (SELECT conversation_id, max(received_at) AS at FROM inbound_messages GROUP BY 1) l
    WHERE c.id = l.conversation_id
    """,
    """
    INSERT INTO tickets (office_id, id, number, turn_id, contact_id, conversation_id, kind, class,
        category, status, description, desa, place, anonymous, confidential, told_at, created_at,
        verify_by, due_at, limit_days, answered_at, closed_at, version)
    SELECT %(office)s, pg_temp.id_at(t.at), 'JTB-' || to_char(t.at, 'YYMMDD') || '-'
            || upper(lpad(to_hex(t.n), 5, '0')),
        t.turn_id, p.contact_id, p.id, 'complaint',
        CASE WHEN t.chance < 0.03 THEN 'supervisory' WHEN t.chance < 0.1 THEN 'information'
            ELSE 'non_supervisory' END,
        CASE WHEN t.chance < 0.03 THEN 'levy_gratification'
            ELSE (%(categories)s::text[])[1 + t.n %% 9] END,
        CASE WHEN t.at < now() - interval '40 days' THEN
                CASE WHEN t.n %% 20 = 0 THEN 'answered' WHEN t.n %% 33 = 0 THEN 'needs_info'
                    WHEN t.n %% 15 = 0 THEN 'rejected' ELSE 'closed' END
            WHEN t.n %% 4 = 0 THEN 'verified' WHEN t.n %% 4 = 1 THEN 'in_progress'
            ELSE 'received' END,
        a.text, (%(desas)s::text[])[1 + t.n %% array_length(%(desas)s::text[], 1)],
        'blok ' || t.n %% 40, t.n %% 25 = 0, t.n %% 50 = 0, t.at, t.at,
        (t.at + interval '4 days')::date,
        (t.at + interval '20 days')::date, 14,
        CASE WHEN t.at < now() - interval '40 days' THEN t.at + interval '6 days' END,
        CASE WHEN t.at < now() - interval '40 days' THEN t.at + interval '7 days' END, 1
    FROM (SELECT n, at, turn_id, conversation_id, random() AS chance,
            floor(random() * 40000)::int AS saying
        FROM (SELECT * FROM said ORDER BY random() LIMIT %(tickets)s) r) t
    JOIN people p ON p.id = t.conversation_id
    JOIN sayings a ON a.n = t.saying
    """,
    """
    INSERT INTO ticket_events (office_id, id, ticket_id, type, at, actor, status_to, note, details)
    SELECT office_id, pg_temp.id_at(at), id, type, at, 'petugas1', status, note, '{}'
    FROM (
        SELECT office_id, id, created_at AS at, 'filed' AS type, status, '' AS note FROM tickets
        UNION ALL
        SELECT office_id, id, answered_at, 'answered', status, 'Sudah kami tindak lanjuti.'
        FROM tickets WHERE answered_at IS NOT NULL
        UNION ALL
        SELECT office_id, id, closed_at, 'status_changed', status, '' FROM tickets
        WHERE closed_at IS NOT NULL
    ) e
    """,
    """
    INSERT INTO hand_offs (office_id, id, conversation_id, turn_id, reason, queued_at, taken_at,
        returned_at, note)
    SELECT office_id, pg_temp.id_at(created_at), conversation_id, id, 'asked', created_at,
        created_at + interval '4 minutes', created_at + interval '20 minutes', ''
    FROM turns WHERE random() < 0.02
    """,
)
