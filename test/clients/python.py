"""What an analyst does: psycopg2, SQLAlchemy and pandas.

	python3 python.py QUESTIONS ANSWERS

Logs in by libpq's variables.  QUESTIONS has a query in each file, whose
parameters are the variables PARTY, FROM_DAY and TO_DAY; ANSWERS has psql's
answer to each, and the columns of the reports, tab-separated.  OWNER is the
connection string of a role that may refresh the source "demo".
"""

import datetime
import os
import pathlib
import re
import sys

import pandas
import psycopg2
import sqlalchemy

questions, answers = map(pathlib.Path, sys.argv[1:])
parameters = {"1": os.environ["PARTY"],
              "2": datetime.date.fromisoformat(os.environ["FROM_DAY"]),
              "3": datetime.date.fromisoformat(os.environ["TO_DAY"])}
engine = sqlalchemy.create_engine("postgresql+psycopg2://")
checks = failures = 0


def check(what, got, expected):
    global checks, failures
    checks += 1
    if got != expected:
        failures += 1
        print(f"{what}: got {got!r}, expected {expected!r}")


def read_answer(name):
    lines = (answers / f"{name}.tsv").read_text().rstrip("\n").split("\n")
    return [line.split("\t") for line in lines]


def is_equal(value, text):
    """Is a value of a data frame what psql prints as this text?"""
    if text == r"\N" or pandas.isna(value):
        return text == r"\N" and bool(pandas.isna(value))
    if isinstance(value, datetime.datetime):
        return value == pandas.Timestamp(text)
    if isinstance(value, bool):
        return ("t" if value else "f") == text
    if isinstance(value, (str, datetime.date)):
        return str(value) == text
    return float(value) == float(text)


def check_data_frame(connection, file):
    query = re.sub(r"\$([123])", r":p\1", file.read_text())
    heading, *rows = read_answer(file.stem)
    used = {f"p{n}": parameters[n] for n in set(re.findall(r":p([123])", query))}
    # a cast is written with two colons, which are no parameter
    statement = sqlalchemy.text(query.replace("::", r"\:\:")).bindparams(**used)
    frame = pandas.read_sql(statement, connection)
    check(f"{file.stem}, columns", list(frame.columns), heading)
    check(f"{file.stem}, rows", len(frame), len(rows))
    for row, texts in zip(frame.itertuples(index=False), rows):
        for name, value, text in zip(heading, row, texts):
            if not is_equal(value, text):
                check(f"{file.stem}, {name}", value, text)
    check(f"{file.stem}, values", True, True)


def check_reflection():
    """Views, their columns and types, as a tool without a model of its own."""
    _, *columns = read_answer("columns")
    names = {sqlalchemy.TEXT: "text", sqlalchemy.BIGINT: "int8",
             sqlalchemy.INTEGER: "int4", sqlalchemy.DATE: "date"}
    metadata = sqlalchemy.MetaData(schema="pmr")
    for view in sorted({column[0] for column in columns}):
        table = sqlalchemy.Table(view, metadata, autoload_with=engine)
        expected = [column[1:] for column in columns if column[0] == view]
        check(f"{view}, columns", [column.name for column in table.columns],
              [name for name, _, _ in expected])
        check(f"{view}, comments", [column.comment for column in table.columns],
              [comment for _, _, comment in expected])
        for column, (name, type_name, _) in zip(table.columns, expected):
            if type(column.type) in names:
                check(f"{view}.{name}", names[type(column.type)], type_name)


def refresh(connection):
    """CALL refresh; the error, with its hint, or None."""
    try:
        connection.cursor().execute("CALL pmr.refresh('demo')")
        return None
    except psycopg2.Error as error:
        return error.diag


def check_refresh():
    connection = psycopg2.connect(os.environ["OWNER"])
    error = refresh(connection)     # psycopg2 has begun a transaction
    connection.rollback()
    check("refresh in a transaction", error and error.sqlstate, "25001")
    check("refresh in a transaction, hint",
          "autocommit" in (error and error.message_hint or ""), True)
    connection.autocommit = True
    check("refresh in autocommit", refresh(connection), None)
    connection.close()

    owner = sqlalchemy.create_engine(
        "postgresql+psycopg2://",
        creator=lambda: psycopg2.connect(os.environ["OWNER"]))
    with owner.connect().execution_options(
            isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sqlalchemy.text("CALL pmr.refresh('demo')"))


with engine.connect() as connection:
    for file in sorted(questions.iterdir()):
        check_data_frame(connection, file)
check_reflection()
check_refresh()
print(f"{checks} checks, {failures} failed")
sys.exit(checks == 0 or failures > 0)
