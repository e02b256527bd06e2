# pmr_metrics: build, install and test with PGXS
#
#   make && make install && make installcheck
#
# Another directory can be built in: make -f SOURCE/Makefile VPATH=SOURCE.
# "make unit" needs no server; test/check.sh runs every check.

EXTENSION = pmr_metrics
MODULE_big = $(EXTENSION)

SOURCE := $(patsubst %/,%,$(dir $(firstword $(MAKEFILE_LIST))))
EXTVERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'.*/\1/p" \
	$(SOURCE)/$(EXTENSION).control)

# The install script is these parts, joined in this order.
SQL_PARTS = schema \
	aggregate/rtt_state aggregate/rtt_sketch aggregate/rtt_percentile \
	aggregate/rtt_histogram aggregate/target_met aggregate/answered_at \
	aggregate/srv_target_met \
	reference/service_reference_variant reference/business_process \
	reference/target_response_time reference/service_level \
	reference/response_code reference/journey_step reference/reference_fingerprint \
	reference/party reference/current reference/assumption \
	journey/journey_state journey/journeys \
	access/party_access \
	source/source source/read_as_owner source/source_relation \
	source/source_faults source/add_source source/request_copies \
	source/request_query rollup/rollup_state rollup/rollup_cells rollup/rollup \
	rollup/target_between \
	rollup/refresh_months rollup/expected_rows rollup/rollup_part \
	rollup/changed_days rollup/refresh_month rollup/refresh source/check_source \
	report/figures report/party_figure report/party_performance \
	report/performance report/factor_performance \
	report/party_business_process report/performance_report report/error_budget \
	report/performance_at_target report/trend report/counted_requests \
	comparison/publication comparison/disclosure_rule \
	comparison/publish_figures comparison/suppress comparison/publish \
	comparison/own_groups comparison/combination comparison/party_comparison \
	comparison/factor_comparison comparison/industry_performance \
	diagnose/diagnosis diagnose/separation diagnose/diagnose \
	access/allow_refresh access/privileges
JOINED_SQL = sql/$(EXTENSION)--$(EXTVERSION).sql
EXTRA_CLEAN = sql/$(EXTENSION)--*.sql
DATA_built = $(JOINED_SQL)
DATA = $(patsubst $(SOURCE)/%,%,$(wildcard $(SOURCE)/sql/upgrade/*.sql))

list_sources = $(patsubst $(SOURCE)/%,%,$(sort $(wildcard $(SOURCE)/$(1))))
CORE_OBJS = $(patsubst %.c,%.o,$(call list_sources,src/core/*.c))
OBJS = $(patsubst %.c,%.o,$(call list_sources,src/*.c)) $(CORE_OBJS)

# Equal input gives equal output on every machine: no fused multiply-add.  PGXS
# compiles bitcode, too, with PG_CPPFLAGS, but not with PG_CFLAGS.
PG_CPPFLAGS = -I$(SOURCE)/src -ffp-contract=off $(NDEBUG)

# The core has assertions where the server has them.
NDEBUG = $(if $(shell grep -hs '^.define USE_ASSERT_CHECKING' \
	$(includedir_server)/pg_config*.h),,-DNDEBUG)

# PostgreSQL sets with_gnu_ld; other linkers may not know this option.
LINK_gnu_ld_yes = -Wl,--version-script=$(SOURCE)/src/exports.map
SHLIB_LINK = $(LINK_gnu_ld_$(with_gnu_ld))

REGRESS = $(patsubst test/sql/%.sql,%,$(call list_sources,test/sql/*.sql))
REGRESS_OPTS = --inputdir=$(SOURCE)/test --load-extension=$(EXTENSION)
ISOLATION = $(patsubst test/specs/%.spec,%,$(call list_sources,test/specs/*.spec))
ISOLATION_OPTS = --inputdir=$(SOURCE)/test --outputdir=. \
	--load-extension=$(EXTENSION)
TAP_TESTS = 1
PROVE_TESTS = test/t/*.pl

# An out-of-tree build has the same folders.  Files built in SOURCE would be
# found there, and pg_regress looks for expected/ here.
ifneq ($(SOURCE),.)
ifneq ($(wildcard $(SOURCE)/src/*.o $(SOURCE)/sql/$(EXTENSION)--*.sql),)
$(error run make clean in $(SOURCE) first)
endif
VPATH ?= $(SOURCE)
$(shell mkdir -p sql src/core; ln -sfn $(abspath $(SOURCE))/expected expected)
endif

PG_CONFIG ?= pg_config
PGXS := $(wildcard $(shell $(PG_CONFIG) --pgxs 2>/dev/null))
ifneq ($(PGXS),)
include $(PGXS)
else ifneq ($(filter-out unit unit-% sql/%,$(or $(MAKECMDGOALS),all)),)
$(error $(PG_CONFIG) finds no PGXS: install postgresql-server-dev-all, or set PG_CONFIG)
endif

# A comment before each part says where it is from; the guard stays first.
$(JOINED_SQL): $(SQL_PARTS:%=sql/%.sql) Makefile
	awk 'NR == 1 { print } \
		FNR == 1 { \
			part = FILENAME; \
			sub(/.*\/sql\//, "sql/", part); \
			print "\n/* ---- " part " ---- */\n" \
		} \
		NR > 1 { print }' $(filter %.sql,$^) >$@

# The manual is installed with its folders, so that its links work.  DOCS of PGXS
# would put index.md among the files of other extensions.
MANUAL = README.md CHANGELOG.md CONTRIBUTING.md LICENSE \
	$(call list_sources,doc/*.md)
manual_dir = $(DESTDIR)$(docdir)/extension/$(EXTENSION)

.PHONY: install-manual uninstall-manual
install: install-manual
install-manual:
	$(MKDIR_P) '$(manual_dir)/doc'
	for file in $(MANUAL); do \
		$(INSTALL_DATA) $(SOURCE)/$$file '$(manual_dir)/'$$file || exit; \
	done
uninstall: uninstall-manual
uninstall-manual:
	rm -rf '$(manual_dir)'

# Tests of the core, which need no server: make unit, or one of them by name.
# UNIT_RUN is what runs them, where they are built for another machine.
UNIT_TESTS = $(patsubst test/unit/%.c,unit-%,$(call list_sources,test/unit/*.c))
UNIT_CFLAGS = -std=c99 -pedantic -g -O1 -Wall -Wextra -Werror \
	-fsanitize=address,undefined -fno-sanitize-recover=all

# They share the objects of the core, one directory per compiler and flags.
UNIT_BUILT := tmp_check/unit/$(shell echo '$(CC) $(UNIT_CFLAGS)' | cksum | tr ' ' -)
UNIT_OBJS = $(CORE_OBJS:src/core/%=$(UNIT_BUILT)/%)

.PHONY: unit $(UNIT_TESTS)
unit: $(UNIT_TESTS)
$(UNIT_TESTS): unit-%: test/unit/%.c $(UNIT_OBJS)
	@mkdir -p tmp_check
	$(CC) $(UNIT_CFLAGS) -I$(SOURCE)/src $^ -lm -o tmp_check/$@
	$(UNIT_RUN) tmp_check/$@

$(UNIT_OBJS): $(UNIT_BUILT)/%.o: src/core/%.c $(wildcard $(SOURCE)/src/core/*.h)
	@mkdir -p $(@D)
	$(CC) $(UNIT_CFLAGS) -I$(SOURCE)/src -c $< -o $@

# PGXS knows no header dependencies.
$(OBJS): $(wildcard $(SOURCE)/src/*.h $(SOURCE)/src/core/*.h)
