/*
 * odbc.c
 *		Does what a BI tool does through PostgreSQL's ODBC driver: prepared
 *		statements with parameters, cursors, metadata, errors.  Each answer must
 *		equal that of psql.
 *
 *		odbc CONNECTION QUESTIONS ANSWERS
 *
 * CONNECTION is a connection string.  Each file of QUESTIONS is a query, whose
 * parameters are the environment variables PARTY, FROM_DAY and TO_DAY.  ANSWERS
 * has psql's answer to each query, and the columns of the reports,
 * tab-separated.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sql.h>
#include <sqlext.h>

#define RUNS 3
#define MAX_PARAMETERS 3
#define MAX_TEXT 4000
#define MAX_LINE 16000

typedef struct Question
{
	char		name[256];
	char		text[MAX_TEXT]; /* with a ? for each parameter */
	int			parameters[MAX_PARAMETERS]; /* 1 to 3, for $1 to $3 */
	int			count;
} Question;

static SQLHDBC connection;
static int	checks;
static int	failures;

static void
check(const char *what, const char *got, const char *expected)
{
	checks++;
	if (strcmp(got, expected) != 0)
	{
		failures++;
		printf("%s:\n\tgot      %s\n\texpected %s\n", what, got, expected);
	}
}

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

/* The first of the driver's diagnostics. */
static void
get_state(SQLSMALLINT kind, SQLHANDLE handle, char *state, char *message)
{
	SQLINTEGER	native;
	SQLSMALLINT length;

	strcpy(state, "none");
	strcpy(message, "");
	SQLGetDiagRec(kind, handle, 1, (SQLCHAR *) state, &native,
				  (SQLCHAR *) message, MAX_TEXT, &length);
}

/* Exits if a call of the driver has failed that must succeed. */
static void
require(SQLRETURN result, SQLSMALLINT kind, SQLHANDLE handle, const char *what)
{
	char		state[6];
	char		message[MAX_TEXT];

	if (SQL_SUCCEEDED(result))
		return;
	get_state(kind, handle, state, message);
	printf("%s: %s %s\n", what, state, message);
	exit(1);
}

static void
log_in(const char *string)
{
	SQLHENV		environment;

	require(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &environment),
			SQL_HANDLE_ENV, SQL_NULL_HANDLE, "environment");
	require(SQLSetEnvAttr(environment, SQL_ATTR_ODBC_VERSION,
						  (SQLPOINTER) SQL_OV_ODBC3, 0),
			SQL_HANDLE_ENV, environment, "version");
	require(SQLAllocHandle(SQL_HANDLE_DBC, environment, &connection),
			SQL_HANDLE_ENV, environment, "connection");
	require(SQLDriverConnect(connection, NULL, (SQLCHAR *) string, SQL_NTS,
							 NULL, 0, NULL, SQL_DRIVER_NOPROMPT),
			SQL_HANDLE_DBC, connection, "log in");
}

static SQLHSTMT
open_statement(void)
{
	SQLHSTMT	statement;

	require(SQLAllocHandle(SQL_HANDLE_STMT, connection, &statement),
			SQL_HANDLE_DBC, connection, "statement");
	return statement;
}

/* Reads a query; $1 in PostgreSQL is ? in ODBC. */
static void
read_question(const char *directory, const char *file, Question *question)
{
	char		path[MAX_TEXT];
	FILE	   *stream;
	size_t		length = 0;
	int			c;

	snprintf(path, sizeof(path), "%s/%s", directory, file);
	stream = fopen(path, "r");
	if (stream == NULL)
		die(path);
	snprintf(question->name, sizeof(question->name), "%.*s",
			 (int) strcspn(file, "."), file);
	question->count = 0;
	while ((c = getc(stream)) != EOF && length < MAX_TEXT - 1)
	{
		if (c == '$' && question->count < MAX_PARAMETERS)
		{
			question->parameters[question->count++] = getc(stream) - '0';
			c = '?';
		}
		question->text[length++] = (char) c;
	}
	question->text[length] = '\0';
	fclose(stream);
}

static SQLHSTMT
prepare(Question *question, const char *party)
{
	static SQL_DATE_STRUCT days[MAX_PARAMETERS];
	SQLHSTMT	statement = open_statement();

	require(SQLPrepare(statement, (SQLCHAR *) question->text, SQL_NTS),
			SQL_HANDLE_STMT, statement, question->name);
	for (int i = 0; i < question->count; i++)
	{
		SQLUSMALLINT place = (SQLUSMALLINT) (i + 1);
		const char *day;
		int			year;
		int			month;
		int			day_of_month;

		if (question->parameters[i] == 1)
		{
			require(SQLBindParameter(statement, place, SQL_PARAM_INPUT,
									 SQL_C_CHAR, SQL_VARCHAR, 100, 0,
									 (SQLPOINTER) party, 0, NULL),
					SQL_HANDLE_STMT, statement, "party");
			continue;
		}
		day = getenv(question->parameters[i] == 2 ? "FROM_DAY" : "TO_DAY");
		if (day == NULL ||
			sscanf(day, "%d-%d-%d", &year, &month, &day_of_month) != 3)
			die("FROM_DAY or TO_DAY");
		days[i].year = (SQLSMALLINT) year;
		days[i].month = (SQLUSMALLINT) month;
		days[i].day = (SQLUSMALLINT) day_of_month;
		require(SQLBindParameter(statement, place, SQL_PARAM_INPUT,
								 SQL_C_TYPE_DATE, SQL_TYPE_DATE, 10, 0,
								 &days[i], 0, NULL),
				SQL_HANDLE_STMT, statement, "day");
	}
	return statement;
}

/*
 * A column of the current row, by its own type, as the text that psql writes.
 * Fractions are formatted here, and by parse() for the expected side.
 */
static void
get_value(SQLHSTMT statement, SQLUSMALLINT place, SQLLEN type, char *text)
{
	SQLLEN		length = 0;
	SQLBIGINT	integer;
	unsigned char bit = 0;
	double		number;
	SQL_DATE_STRUCT date;
	SQL_TIMESTAMP_STRUCT time;

	switch (type)
	{
		case SQL_BIGINT:
		case SQL_INTEGER:
			SQLGetData(statement, place, SQL_C_SBIGINT, &integer, 0, &length);
			sprintf(text, "%lld", (long long) integer);
			break;
		case SQL_BIT:
			SQLGetData(statement, place, SQL_C_BIT, &bit, 0, &length);
			strcpy(text, bit ? "t" : "f");
			break;
		case SQL_FLOAT:
		case SQL_DOUBLE:
			SQLGetData(statement, place, SQL_C_DOUBLE, &number, 0, &length);
			sprintf(text, "%.17g", number);
			break;
		case SQL_TYPE_DATE:
			SQLGetData(statement, place, SQL_C_TYPE_DATE, &date, 0, &length);
			sprintf(text, "%04d-%02d-%02d", date.year, date.month, date.day);
			break;
		case SQL_TYPE_TIMESTAMP:
			SQLGetData(statement, place, SQL_C_TYPE_TIMESTAMP, &time, 0,
					   &length);
			sprintf(text, "%04d-%02d-%02d %02d:%02d:%02d.%06u", time.year,
					time.month, time.day, time.hour, time.minute, time.second,
					(unsigned) time.fraction / 1000);
			break;
		case SQL_VARCHAR:
		case SQL_LONGVARCHAR:
		case SQL_WVARCHAR:
		case SQL_WLONGVARCHAR:
			SQLGetData(statement, place, SQL_C_CHAR, text, MAX_TEXT, &length);
			break;
		default:
			sprintf(text, "type %ld is not plain", (long) type);
	}
	if (length == SQL_NULL_DATA)
		strcpy(text, "\\N");
}

static void
parse(const char *answer, SQLLEN type, char *text)
{
	unsigned	fraction = 0;

	if ((type == SQL_FLOAT || type == SQL_DOUBLE) &&
		strcmp(answer, "\\N") != 0)
		sprintf(text, "%.17g", strtod(answer, NULL));
	else if (type == SQL_TYPE_TIMESTAMP && strcmp(answer, "\\N") != 0)
	{
		/* 2026-07-01 12:00:00.5+00, in UTC; the fraction may be missing */
		const char *dot = strchr(answer, '.');

		if (dot != NULL)
			fraction = (unsigned) (strtod(dot, NULL) * 1e6 + 0.5);
		sprintf(text, "%.19s.%06u", answer, fraction);
	}
	else
		strcpy(text, answer);
}

/* The next field of a line, up to a tab or the end of the line. */
static const char *
next_field(const char *line, char *field)
{
	size_t		length = strcspn(line, "\t\n");

	memcpy(field, line, length);
	field[length] = '\0';
	return line + length + (line[length] != '\0');
}

static FILE *
open_answer(const char *directory, const char *name)
{
	char		path[MAX_TEXT];
	FILE	   *stream;

	snprintf(path, sizeof(path), "%s/%s.tsv", directory, name);
	stream = fopen(path, "r");
	if (stream == NULL)
		die(path);
	return stream;
}

static void
compare(const char *what, SQLHSTMT statement, FILE *answer)
{
	char		line[MAX_LINE];
	char		got[MAX_TEXT];
	char		field[MAX_TEXT];
	char		expected[MAX_TEXT];
	const char *rest;
	SQLSMALLINT width;
	SQLSMALLINT length;
	SQLLEN		type;
	bool		more = true;

	require(SQLNumResultCols(statement, &width), SQL_HANDLE_STMT, statement,
			what);
	for (int row = 0; fgets(line, sizeof(line), answer) != NULL; row++)
	{
		if (row > 0)
		{
			more = SQL_SUCCEEDED(SQLFetch(statement));
			check(what, more ? "a row" : "no row", "a row");
			if (!more)
				return;
		}
		rest = line;
		for (SQLUSMALLINT i = 1; i <= width; i++)
		{
			rest = next_field(rest, field);
			if (row == 0)
			{
				SQLColAttribute(statement, i, SQL_DESC_LABEL, got, MAX_TEXT,
								&length, NULL);
				strcpy(expected, field);
			}
			else
			{
				SQLColAttribute(statement, i, SQL_DESC_CONCISE_TYPE, NULL, 0,
								NULL, &type);
				get_value(statement, i, type, got);
				parse(field, type, expected);
			}
			check(what, got, expected);
		}
		check(what, rest, "");
	}
	check(what, SQLFetch(statement) == SQL_NO_DATA ? "the end" : "another row",
		  "the end");
}

/* Prepares a statement and runs it several times. */
static void
ask(Question *question, const char *answers)
{
	SQLHSTMT	statement = prepare(question, getenv("PARTY"));

	for (int run = 0; run < RUNS; run++)
	{
		FILE	   *answer = open_answer(answers, question->name);

		require(SQLExecute(statement), SQL_HANDLE_STMT, statement,
				question->name);
		compare(question->name, statement, answer);
		fclose(answer);
		SQLCloseCursor(statement);
	}
	SQLFreeHandle(SQL_HANDLE_STMT, statement);
}

static void
ask_all(const char *questions, const char *answers)
{
	struct dirent **files;
	int			count = scandir(questions, &files, NULL, alphasort);

	if (count < 0)
		die(questions);
	for (int i = 0; i < count; i++)
	{
		Question	question;

		if (files[i]->d_name[0] != '.')
		{
			read_question(questions, files[i]->d_name, &question);
			ask(&question, answers);
		}
		free(files[i]);
	}
	free(files);
}

/* Reads what a tool shows when it explores the schema; this driver has no comments. */
static void
read_columns(const char *answers)
{
	FILE	   *answer = open_answer(answers, "columns");
	char		line[MAX_LINE];
	char		view[MAX_TEXT];
	char		name[MAX_TEXT];
	char		type[MAX_TEXT];
	char		got[MAX_TEXT];
	char		asked[MAX_TEXT] = "";
	SQLHSTMT	statement = NULL;

	if (fgets(line, sizeof(line), answer) == NULL)
		die("columns");
	while (fgets(line, sizeof(line), answer) != NULL)
	{
		next_field(next_field(next_field(line, view), name), type);
		if (strcmp(view, asked) != 0)
		{
			if (statement != NULL)
				SQLFreeHandle(SQL_HANDLE_STMT, statement);
			statement = open_statement();
			strcpy(asked, view);
			require(SQLColumns(statement, NULL, 0, (SQLCHAR *) "pmr", SQL_NTS,
							   (SQLCHAR *) view, SQL_NTS, NULL, 0),
					SQL_HANDLE_STMT, statement, view);
		}
		check(view, SQL_SUCCEEDED(SQLFetch(statement)) ? "a column" : "none",
			  "a column");
		SQLGetData(statement, 4, SQL_C_CHAR, got, MAX_TEXT, NULL);
		check(view, got, name);
		SQLGetData(statement, 6, SQL_C_CHAR, got, MAX_TEXT, NULL);
		check(name, got, type);
	}
	SQLFreeHandle(SQL_HANDLE_STMT, statement);
	fclose(answer);
}

static void
provoke_error(const char *query, const char *expected)
{
	SQLHSTMT	statement = open_statement();
	char		state[6] = "none";
	char		message[MAX_TEXT];

	/* If rows are fetched by a cursor, the error can come with the first row. */
	if (!SQL_SUCCEEDED(SQLExecDirect(statement, (SQLCHAR *) query, SQL_NTS)) ||
		SQLFetch(statement) == SQL_ERROR)
		get_state(SQL_HANDLE_STMT, statement, state, message);
	check(query, state, expected);
	SQLFreeHandle(SQL_HANDLE_STMT, statement);
}

static void
inject_parameter(const char *questions)
{
	Question	question;
	SQLHSTMT	statement;

	read_question(questions, "party_performance.sql", &question);
	statement = prepare(&question, "' OR '1' = '1");
	require(SQLExecute(statement), SQL_HANDLE_STMT, statement, question.name);
	check("a Party that is a condition",
		  SQLFetch(statement) == SQL_NO_DATA ? "no row" : "a row", "no row");
	SQLFreeHandle(SQL_HANDLE_STMT, statement);
}

int
main(int argc, char **argv)
{
	if (argc != 4)
		return 2;
	log_in(argv[1]);
	ask_all(argv[2], argv[3]);
	read_columns(argv[3]);
	provoke_error("SELECT * FROM pmr.rollup", "42501");
	provoke_error("SELECT * FROM pmr.performance('2026-07-02', '2026-07-01')",
				  "22023");
	provoke_error("SELECT * FROM pmr.diagnose('no such Party', '2026-07-01', "
				  "'2026-07-31')", "42501");
	inject_parameter(argv[2]);
	SQLDisconnect(connection);
	printf("%d checks, %d failed\n", checks, failures);
	return checks > 0 && failures == 0 ? 0 : 1;
}
