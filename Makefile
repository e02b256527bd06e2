# pmr_metrics: build, install and test with PGXS
#
#   make && make install && make installcheck
#
# "make unit" needs no server; test/check.sh runs all there is.

EXTENSION = pmr_metrics
MODULE_big = $(EXTENSION)
DATA = $(wildcard sql/$(EXTENSION)--*.sql)

CORE_OBJS = $(patsubst %.c,%.o,$(sort $(wildcard src/core/*.c)))
OBJS = $(patsubst %.c,%.o,$(sort $(wildcard src/*.c))) $(CORE_OBJS)

# Equal input gives equal output on every machine: no fused multiply-add.
PG_CPPFLAGS = -I$(srcdir)/src -DNDEBUG
PG_CFLAGS = -ffp-contract=off
SHLIB_LINK = -Wl,--version-script=$(srcdir)/src/exports.map

REGRESS = $(patsubst test/sql/%.sql,%,$(sort $(wildcard test/sql/*.sql)))
REGRESS_OPTS = --inputdir=test --load-extension=$(EXTENSION)
ISOLATION = $(patsubst test/specs/%.spec,%,$(sort $(wildcard test/specs/*.spec)))
ISOLATION_OPTS = --inputdir=test --outputdir=. --load-extension=$(EXTENSION)
TAP_TESTS = 1
PROVE_TESTS = test/t/*.pl

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

# Tests of the core, which need no server: make unit, or one of them by name.
# UNIT_RUN is what runs them, where they are built for another machine.
UNIT_TESTS = $(patsubst test/unit/%.c,unit-%,$(sort $(wildcard test/unit/*.c)))
UNIT_CFLAGS = -std=c99 -pedantic -g -O1 -Wall -Wextra -Werror \
	-fsanitize=address,undefined -fno-sanitize-recover=all

.PHONY: unit $(UNIT_TESTS)
unit: $(UNIT_TESTS)
$(UNIT_TESTS): unit-%: test/unit/%.c
	@mkdir -p tmp_check
	$(CC) $(UNIT_CFLAGS) -Isrc $< $(CORE_OBJS:.o=.c) -lm -o tmp_check/$@
	$(UNIT_RUN) tmp_check/$@

# PGXS knows no header dependencies.
$(OBJS): $(wildcard $(srcdir)/src/*.h $(srcdir)/src/core/*.h)
