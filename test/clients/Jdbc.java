/*
 * Jdbc.java
 *		Does what a BI tool does through PostgreSQL's JDBC driver: prepared
 *		statements with parameters, cursors, metadata, errors.  Each answer must
 *		equal that of psql.
 *
 *		java -cp postgresql.jar Jdbc.java QUESTIONS ANSWERS
 *
 * Logs in by libpq's environment variables.  Each file of QUESTIONS is a query,
 * whose parameters are the environment variables PARTY, FROM_DAY and TO_DAY.
 * ANSWERS has psql's answer to each query, and the columns of the reports,
 * tab-separated.
 */
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;

class Jdbc
{
	/* The driver requests values in binary form from the fifth run on. */
	private static final int RUNS = 7;
	private static final int FETCH_SIZE = 5;
	private static final Set<Integer> PLAIN = Set.of(Types.VARCHAR,
		Types.BIGINT, Types.INTEGER, Types.DOUBLE, Types.DATE,
		Types.TIMESTAMP, Types.BIT);

	private final Connection connection;
	private final Path answers;
	private int checks;
	private int failures;

	public static void main(String[] arguments) throws Exception
	{
		Properties login = new Properties();
		login.setProperty("user", System.getenv("PGUSER"));
		login.setProperty("password", System.getenv("PGPASSWORD"));
		String url = "jdbc:postgresql://" + System.getenv("PGHOST") + ":"
			+ System.getenv("PGPORT") + "/" + System.getenv("PGDATABASE");

		try (Connection connection = DriverManager.getConnection(url, login))
		{
			Jdbc test = new Jdbc(connection, Path.of(arguments[1]));
			for (Path question : list(Path.of(arguments[0])))
				test.ask(question);
			test.readColumns();
			test.provokeErrors();
			test.injectParameter(Path.of(arguments[0], "party_performance.sql"));
			System.out.println(test.checks + " checks, " + test.failures
				+ " failed");
			System.exit(test.checks > 0 && test.failures == 0 ? 0 : 1);
		}
	}

	private Jdbc(Connection connection, Path answers)
	{
		this.connection = connection;
		this.answers = answers;
	}

	private static List<Path> list(Path directory) throws IOException
	{
		try (var files = Files.list(directory))
		{
			return files.sorted().toList();
		}
	}

	private void check(String what, Object got, Object expected)
	{
		checks++;
		if (!got.equals(expected))
		{
			failures++;
			System.out.println(what + ":\n\tgot      " + got
				+ "\n\texpected " + expected);
		}
	}

	/* Prepares a statement and runs it several times, then with a cursor. */
	private void ask(Path question) throws Exception
	{
		String name = question.getFileName().toString();
		List<String> answer = Files.readAllLines(
			answers.resolve(name.replace(".sql", ".tsv")));

		try (PreparedStatement statement = prepare(question))
		{
			setParameters(statement, System.getenv("PARTY"));
			for (int run = 1; run <= RUNS; run++)
				compare(name + ", run " + run, statement, answer);
		}
		connection.setAutoCommit(false);
		try (PreparedStatement statement = prepare(question))
		{
			setParameters(statement, System.getenv("PARTY"));
			statement.setFetchSize(FETCH_SIZE);
			compare(name + ", with a cursor", statement, answer);
		}
		connection.commit();
		connection.setAutoCommit(true);
	}

	private PreparedStatement prepare(Path question) throws Exception
	{
		return connection.prepareStatement(
			Files.readString(question).replaceAll("\\$[1-3]", "?"));
	}

	/* By type: the Party is text, and a query has each parameter once. */
	private void setParameters(PreparedStatement statement, String party)
		throws SQLException
	{
		var parameters = statement.getParameterMetaData();
		String day = "FROM_DAY";

		for (int i = 1; i <= parameters.getParameterCount(); i++)
		{
			if (parameters.getParameterType(i) == Types.VARCHAR)
				statement.setString(i, party);
			else
			{
				statement.setObject(i, LocalDate.parse(System.getenv(day)));
				day = "TO_DAY";
			}
		}
	}

	private void compare(String what, PreparedStatement statement,
		List<String> answer) throws SQLException
	{
		try (ResultSet rows = statement.executeQuery())
		{
			ResultSetMetaData columns = rows.getMetaData();
			int width = columns.getColumnCount();
			List<Object> names = new ArrayList<>();
			int line = 1;

			for (int i = 1; i <= width; i++)
			{
				names.add(columns.getColumnLabel(i));
				check(what + ", plain type of " + columns.getColumnLabel(i),
					PLAIN.contains(columns.getColumnType(i)), true);
			}
			check(what + ", columns", names,
				List.of(answer.get(0).split("\t", -1)));
			while (rows.next() && line < answer.size())
			{
				List<Object> got = new ArrayList<>();
				List<Object> expected = new ArrayList<>();
				String[] texts = answer.get(line).split("\t", -1);

				for (int i = 1; i <= width; i++)
				{
					got.add(getValue(rows, i, columns.getColumnType(i)));
					expected.add(parse(texts[i - 1], columns.getColumnType(i)));
				}
				check(what + ", row " + line, got, expected);
				line++;
			}
			check(what + ", rows", line + (rows.isAfterLast() ? 0 : 1),
				answer.size());
		}
	}

	private static Object getValue(ResultSet rows, int i, int type)
		throws SQLException
	{
		Object value = switch (type)
		{
			case Types.BIGINT, Types.INTEGER -> rows.getLong(i);
			case Types.DOUBLE -> rows.getDouble(i);
			case Types.BIT -> rows.getBoolean(i);
			case Types.DATE -> rows.getObject(i, LocalDate.class);
			case Types.TIMESTAMP ->
			{
				OffsetDateTime time = rows.getObject(i, OffsetDateTime.class);
				yield time == null ? null : time.toInstant();
			}
			default -> rows.getString(i);
		};
		return rows.wasNull() ? "NULL" : value;
	}

	/* Parses a value as psql writes it, in UTC. */
	private static Object parse(String text, int type)
	{
		if (text.equals("\\N"))
			return "NULL";
		return switch (type)
		{
			case Types.BIGINT, Types.INTEGER -> Long.parseLong(text);
			case Types.DOUBLE -> Double.parseDouble(text);
			case Types.BIT -> text.equals("t");
			case Types.DATE -> LocalDate.parse(text);
			case Types.TIMESTAMP -> Instant.parse(
				text.replace(' ', 'T').replace("+00", "Z"));
			default -> text;
		};
	}

	/* Reads what a tool shows when it explores the schema. */
	private void readColumns() throws Exception
	{
		List<String> expected = Files.readAllLines(
			answers.resolve("columns.tsv"));
		List<String> got = new ArrayList<>();
		Set<String> views = new TreeSet<>();
		DatabaseMetaData metadata = connection.getMetaData();

		got.add(expected.get(0));
		for (String line : expected.subList(1, expected.size()))
			views.add(line.split("\t")[0]);
		for (String view : views)
		{
			try (ResultSet rows = metadata.getColumns(null, "pmr",
				view.replace("_", "\\_"), null))
			{
				while (rows.next())
					got.add(String.join("\t", rows.getString("TABLE_NAME"),
						rows.getString("COLUMN_NAME"),
						rows.getString("TYPE_NAME"),
						String.valueOf(rows.getString("REMARKS"))));
			}
		}
		check("columns of the views, with their comments", got, expected);

		Set<String> found = new TreeSet<>();
		try (ResultSet rows = metadata.getTables(null, "pmr", null,
			new String[]{"VIEW"}))
		{
			while (rows.next())
				found.add(rows.getString("TABLE_NAME"));
		}
		check("views of the schema", found.containsAll(views), true);
	}

	private void provokeErrors() throws Exception
	{
		check("a table of all Parties", getState("SELECT * FROM pmr.rollup"),
			"42501");
		check("days in the wrong order",
			getState("SELECT * FROM pmr.performance('2026-07-02', '2026-07-01')"),
			"22023");
		check("another Party",
			getState("SELECT * FROM pmr.diagnose('no such Party', '2026-07-01', '2026-07-31')"),
			"42501");
	}

	private String getState(String query) throws SQLException
	{
		try (PreparedStatement statement = connection.prepareStatement(query))
		{
			statement.executeQuery().close();
			return "no error";
		}
		catch (SQLException error)
		{
			return error.getSQLState();
		}
	}

	private void injectParameter(Path question) throws Exception
	{
		try (PreparedStatement statement = prepare(question))
		{
			setParameters(statement, "' OR '1' = '1");
			try (ResultSet rows = statement.executeQuery())
			{
				check("a Party that is a condition", rows.next(), false);
			}
		}
	}
}
