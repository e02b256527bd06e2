-- Passes bytes to a type's receive function, and stores the value in a table of one
-- column: a binary COPY of one row, which printf pipes in as octal escapes.
CREATE FUNCTION receive(bytes bytea, INOUT received regclass) LANGUAGE plpgsql AS $$
DECLARE
	message bytea := '\x5047434f50590aff0d0a00' || '\x0000000000000000'::bytea || '\x0001'
		|| int4send(length(bytes)) || bytes || '\xffff'::bytea;
	octal text;
BEGIN
	SELECT string_agg(E'\\' || (b >> 6)::text || ((b >> 3) & 7)::text || (b & 7)::text, '' ORDER BY i)
	INTO octal
	FROM generate_series(0, length(message) - 1) AS i, LATERAL get_byte(message, i) AS b;
	EXECUTE format('COPY %s FROM PROGRAM %L (FORMAT binary)', received, format('printf ''%s''', octal));
END
$$;
