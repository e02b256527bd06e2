/*-------------------------------------------------------------------------
 *
 * text.c
 *	  Any text is the base64 of some bytes, or an error; the text form of any
 *	  bytes is read back; and any text is a name that the core knows, or not.
 *
 * Input: the text.  The parser is src/text_form.c, with the base64 functions
 * of PostgreSQL.  The other functions that it calls are replaced here.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <setjmp.h>

#include "core/response_code.h"
#include "fuzz.h"
#include "text_form.c"

static jmp_buf on_error;
static int	sqlstate;

void *
palloc(Size size)
{
	return allocate(size, 1);
}

void
enlargeStringInfo(StringInfo str, int needed)
{
	str->maxlen = str->len + needed + 1;
	str->data = allocate((size_t) str->maxlen, 1);
}

bool
errstart(int elevel, const char *domain)
{
	return true;
}

bool
errstart_cold(int elevel, const char *domain)
{
	return true;
}

int
errcode(int sqlerrcode)
{
	sqlstate = sqlerrcode;
	return 0;
}

int
errmsg(const char *fmt,...)
{
	return 0;
}

int
errmsg_internal(const char *fmt,...)
{
	return 0;
}

int
errdetail(const char *fmt,...)
{
	return 0;
}

void
errfinish(const char *filename, int lineno, const char *funcname)
{
	longjmp(on_error, 1);
}

#if PG_VERSION_NUM >= 160000
bool
errsave_start(struct Node *context, const char *domain)
{
	return true;
}

void
errsave_finish(struct Node *context, const char *filename, int lineno,
			   const char *funcname)
{
	longjmp(on_error, 1);
}
#endif

/* False if there is an error, which must be one of the text. */
static bool
decode_text(const char *text, Size max_bytes, StringInfo bytes)
{
	memset(bytes, 0, sizeof(StringInfoData));
	sqlstate = 0;
	if (setjmp(on_error) != 0)
	{
		REQUIRE(sqlstate == ERRCODE_INVALID_TEXT_REPRESENTATION);
		return false;
	}
	text_form_decode(text, "rtt_sketch", max_bytes, bytes, NULL);
	return true;
}

/* The value of a character in base64, or -1. */
static int
sextet(char character)
{
	if (character >= 'A' && character <= 'Z')
		return character - 'A';
	if (character >= 'a' && character <= 'z')
		return character - 'a' + 26;
	if (character >= '0' && character <= '9')
		return character - '0' + 52;
	if (character == '+')
		return 62;
	return character == '/' ? 63 : -1;
}

static bool
is_space(char character)
{
	return character == ' ' || character == '\t' ||
		character == '\n' || character == '\r';
}

/*
 * Checks bytes by the definition: each character stands for 6 bits, except
 * white space and the filler at the end.
 */
static void
check_bytes(const char *text, StringInfo bytes)
{
	uint32_t	bits = 0;
	int			nbits = 0;
	int			nbytes = 0;

	for (; *text != '\0' && *text != '='; text++)
	{
		if (is_space(*text))
			continue;
		REQUIRE(sextet(*text) >= 0);
		bits = bits << 6 | (uint32_t) sextet(*text);
		nbits += 6;
		if (nbits < 8)
			continue;
		nbits -= 8;
		REQUIRE(nbytes < bytes->len);
		REQUIRE((uint8_t) bytes->data[nbytes] == (uint8_t) (bits >> nbits));
		nbytes++;
	}
	REQUIRE(nbytes == bytes->len);
	for (; *text != '\0'; text++)
		REQUIRE(*text == '=' || is_space(*text));
}

/* Any bytes are read back from their text form. */
static void
check_text_form(const char *bytes, int nbytes)
{
	char	   *text = text_form_encode(bytes, nbytes);
	StringInfoData read;

	REQUIRE(strlen(text) == ((size_t) nbytes + 2) / 3 * 4);
	REQUIRE(decode_text(text, (Size) nbytes, &read));
	REQUIRE(read.len == nbytes && memcmp(read.data, bytes, (size_t) nbytes) == 0);
}

/* Reads a text as the input function of rtt_sketch does. */
static void
check_text(const char *text)
{
	Size		max_bytes = rtt_encoded_bound(RTT_BUCKETS_AT_MIN);
	StringInfoData bytes;
	RttSketch	sketch;

	if (!decode_text(text, max_bytes, &bytes))
		return;
	check_bytes(text, &bytes);
	check_text_form(bytes.data, bytes.len);
	if (decode(&sketch, (uint8_t *) bytes.data, (size_t) bytes.len,
			   RTT_CAP_SKETCH))
		check_stored_form(&sketch, RTT_CAP_SKETCH);
	if (bytes.len > 3)
		REQUIRE(!decode_text(text, (Size) bytes.len - 3, &bytes));
}

static bool
is_text(const char *name, size_t length, const char *text)
{
	return strlen(text) == length && memcmp(name, text, length) == 0;
}

static void
check_names(const char *name, size_t length)
{
	static const char *const modes[TARGET_MODES] = {
		"on_demand", "future_dated", "dcc_scheduled", "non_device"
	};
	static const char *const generations[TARGET_GENERATIONS] = {
		"smets1", "smets2"
	};
	ResponseClass class = RESPONSE_UNCLASSIFIED;
	bool		found = response_class_named(name, (int) length, &class);
	TargetMode	mode = target_mode(name, (int) length);
	TargetGeneration generation = target_generation(name, (int) length);

	for (int i = 0; i < RESPONSE_UNCLASSIFIED; i++)
		REQUIRE((found && class == (ResponseClass) i) ==
				is_text(name, length, response_class_name((ResponseClass) i)));
	for (int i = 0; i < TARGET_MODES; i++)
		REQUIRE((mode == (TargetMode) i) == is_text(name, length, modes[i]));
	for (int i = 0; i < TARGET_GENERATIONS; i++)
		REQUIRE((generation == (TargetGeneration) i) ==
				is_text(name, length, generations[i]));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char	   *text;

	free_memory();
	text = allocate(size + 1, 1);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	check_text(text);
	check_text_form((const char *) data, (int) size);
	check_names((const char *) data, size);
	return 0;
}
