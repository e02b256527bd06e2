/*-------------------------------------------------------------------------
 *
 * planted.c
 *	  Faults that the static checks must find.
 *
 * A comment names the tool and its name of the fault.  The file is not built.
 *
 *-------------------------------------------------------------------------
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

extern int	planted(int *numbers, size_t count);

/* found by gcc: -Werror=sign-compare */
/* found by clang: -Werror,-Wsign-compare */
static int
sum(const int *numbers, size_t count)
{
	int			result = 0;

	for (int i = 0; i < count; i++)
		result += numbers[i];
	return result;
}

/* found by clang-tidy: bugprone-sizeof-expression */
static void
clear(int *numbers)
{
	memset(numbers, 0, sizeof(numbers) / sizeof(*numbers));
}

/* found by clang-tidy: bugprone-implicit-widening-of-multiplication-result */
static size_t
size_of(int count)
{
	return count * 4;
}

/* found by cppcheck: uninitvar */
static int
last_of(const int *numbers, size_t count)
{
	int			last;

	if (count > 0)
		last = numbers[count - 1];
	return last;
}

/* found by cppcheck: arrayIndexOutOfBounds */
static int
beyond(void)
{
	int			few[4] = {1, 2, 3, 4};

	return few[4];
}

/* found by scan-build: core.NullDereference */
static int
first_of(const int *numbers)
{
	if (numbers == NULL)
		return *numbers;
	return numbers[0];
}

/* found by scan-build: unix.Malloc */
static int
copied(size_t count)
{
	int		   *copy = calloc(count, sizeof(int));

	return copy != NULL;
}

int
planted(int *numbers, size_t count)
{
	clear(numbers);
	return sum(numbers, size_of((int) count)) + last_of(numbers, count) +
		beyond() + first_of(numbers) + copied(count);
}
