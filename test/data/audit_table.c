/*
 * audit_table.c
 *		Writes an audit table of smart-metering Service Requests, as CSV.
 *
 * The data is GENERATED.  No distribution of round-trip times (RTT) of real
 * Service Requests has been published, so every Party, maker, model, weight
 * and time below is invented; only the Service Reference Variants (SRV) with
 * their roles and modes, the device types and the response codes are real.
 * Nothing here says how well any real network, Party or Device does.
 *
 * The same options give the same bytes.  Devices do not depend on the seed:
 * two months generated apart are about the same Devices.
 *
 * Planted, for a report to find:
 *
 *	- a bad firmware: model W3E, version 5.2.7 (models[]): answers take three
 *	  times as long and 8 % more never come.  Compare versions of one model;
 *	- a slow region: North takes half as long again (regions[]);
 *	- an outage: on the 14th of each month everything is slower and one
 *	  request in eight is lost (OUTAGE_...).  Compare days;
 *	- a Party that looks bad and is not: FENH has nine of ten SMETS2 Devices
 *	  in the North (parties[]).  Compare it region by region;
 *	- a Party whose own doing it is: the bulk campaigns of DUNM take six times
 *	  as long.  Compare how requests were orchestrated;
 *	- a Party that sends requests it may not: one in twenty of GALD's is
 *	  rejected.  Compare the response codes;
 *	- gas meters asleep: a fifth of the requests to a GSME wait for its next
 *	  wake-up, so their RTTs have two humps (shapes[]).  Draw a histogram;
 *	- traps for a careful reader: acknowledgements (I99) that never became a
 *	  result, pre-commands, commands for local delivery, requests rejected
 *	  before their execution time, a firmware image whose response comes days
 *	  before its delivery, unknown modes, generations, qualifiers and SRVs,
 *	  response codes that no list has (E97, and the alert N24 as the outcome of
 *	  an 8.11), a command variant 9, request ids in lower case (KETT) and with
 *	  counters that no bigint holds (BRAM);
 *	- future-dated commands that the Device executes by itself
 *	  (instructions[]): I0 accepts them days before, and alerts report the
 *	  execution.  In some an instruction failed, some lack alerts, some were
 *	  never executed, some were cancelled, some Devices' clocks are wrong;
 *	- refusals by the Device: payload_ok is false, while the code is I0;
 *	- a Meter Data Retriever (VALE), whose role has targets of its own;
 *	- copies, because the DCC delivers at least once: the same row again, or
 *	  with a later response, with the response that the first row lacks, with
 *	  the id in the other case, or in the next month;
 *	- scheduled answers that carry the id of their schedule, the same each
 *	  day, and some without an id.
 *
 * An RTT is a log-normal body, with a share of its requests in a second, much
 * longer log-normal: the tail.  The table ends as an extract taken at the end
 * of the last month: what would have come later has not come.  A row shows
 * the last response that had.  A sequenced request counts as sent when the
 * response it depends on let it go.
 *
 * Rows come in the order of sending, but for signed pre-commands and copies,
 * which follow their pre-commands and originals directly.
 */
#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define lengthof(array) ((int) (sizeof(array) / sizeof((array)[0])))

#define PI				3.14159265358979323846

#define SECOND_MS		INT64_C(1000)
#define MINUTE_MS		(60 * SECOND_MS)
#define HOUR_MS			(60 * MINUTE_MS)
#define DAY_MS			(24 * HOUR_MS)

#define MINUTE_S		60.0
#define HOUR_S			3600.0
#define DAY_S			86400.0

/* A time that has not come. */
#define NEVER			INT64_MIN

/* ----------------------------------------------------------------
 * Facts: shares of requests (0 to 1) and sizes
 * ----------------------------------------------------------------
 */
#define REJECTED_SHARE				0.008
#define LOCAL_SHARE					0.02	/* of those made at a doorstep */
#define QUALIFIER_UNKNOWN_SHARE		0.03	/* of those that have one */
#define PROCESS_UNKNOWN_SHARE		0.25	/* of those that have one */
#define GENERATION_UNKNOWN_SHARE	0.0002
#define MODE_UNKNOWN_SHARE			0.00005
#define SRV_UNKNOWN_SHARE			0.00005

#define OUTAGE_DAY_OF_MONTH			14
#define OUTAGE_RTT_FACTOR			2.5
#define OUTAGE_LOST_SHARE			0.125

#define SMETS1_RTT_FACTOR			1.4
#define PREMISES_PER_WEIGHT			400 /* of a supplier, see parties[] */

/*
 * EUI-64s.  All have the "locally administered" bit (02 of the first byte),
 * so none can be a real one.  A User's gets the numbers of its Party and
 * role, a Device's 40 scrambled bits of its own.
 */
#define USER_EUI64		UINT64_C(0x02B3D51F30000000)
#define DCC_EUI64		UINT64_C(0x02B3D51FDCC00001)

#define UNKNOWN_SRV		"99.9"

/*
 * Shares of what vary_request() and repeat_row() plant.
 */
#define RETRIEVER_SHARE				0.01	/* of the reads it may make */
#define REFUSED_SHARE				0.004	/* of the Devices' successes */
#define DSP_HELD_SHARE				0.5 /* of 6.23 */
#define ACCEPTED_LATE_SHARE			0.002
#define EXECUTION_CANCELLED_SHARE	0.01
#define CANCELLED_LATE_SHARE		0.2 /* of those */
#define EXECUTION_FAILED_SHARE		0.01
#define ALERT_LOST_SHARE			0.01
#define CLOCK_WRONG_SHARE			0.002
#define ALERT_CODE_SHARE			0.01	/* of the successes of 8.11 */
#define UNLISTED_SHARE				0.02	/* of the rejections */
#define VARIANT_9_SHARE				0.001
#define NO_ID_SHARE					0.005	/* of the scheduled */
#define COPIED_SHARE				0.003
#define COPIED_AT_MONTH_END_SHARE	0.2 /* in its last hour */

/* ----------------------------------------------------------------
 * Facts: names
 * ----------------------------------------------------------------
 */
typedef enum Mode
{
	ON_DEMAND,
	FUTURE_DATED,
	DCC_SCHEDULED,
	NON_DEVICE,
	MODE_COUNT
} Mode;

static const char *const mode_names[MODE_COUNT] = {
	"on_demand", "future_dated", "dcc_scheduled", "non_device"
};

typedef enum Generation
{
	SMETS1,
	SMETS2,
	GENERATION_COUNT
} Generation;

static const char *const generation_names[GENERATION_COUNT] = {
	"smets1", "smets2"
};

typedef enum DeviceKind
{
	NO_DEVICE,
	ESME,						/* electricity meter */
	GSME,						/* gas meter: asleep most of the time */
	CHF,						/* communications hub */
	GPF,						/* the hub's mirror of the gas meter */
	PPMID,						/* display with prepayment keys */
	KIND_COUNT
} DeviceKind;

static const char *const kind_names[KIND_COUNT] = {
	"", "ESME", "GSME", "CHF", "GPF", "PPMID"
};

/* SMETS2 only. */
typedef enum RegionId
{
	NORTH,
	CENTRAL,
	SOUTH,
	REGION_COUNT
} RegionId;

typedef struct Region
{
	const char *name;
	double		rtt_factor;
	double		lost_factor;
} Region;

static const Region regions[REGION_COUNT] = {
	[NORTH] = {"North", 1.5, 1.6},
	[CENTRAL] = {"Central", 1.0, 1.0},
	[SOUTH] = {"South", 1.05, 1.1},
};

/*
 * User roles, as bits.  gas_share is the share of a User's requests that is
 * about gas; weight scales the Party's weight to this role's.
 */
#define IS				0x01	/* import supplier */
#define ES				0x02	/* export supplier */
#define GS				0x04	/* gas supplier */
#define ED				0x08	/* electricity network */
#define GT				0x10	/* gas network */
#define RSA				0x20	/* registered supplier agent */
#define OU				0x40	/* other user */
#define MDR				0x80	/* meter data retriever */
#define ROLE_COUNT		8
#define SUPPLIER		(IS | ES | GS)

typedef struct Role
{
	unsigned	bit;
	const char *code;
	double		gas_share;
	double		weight;
} Role;

static const Role roles[ROLE_COUNT] = {
	{IS, "IS", 0.0, 1.0},
	{ES, "ES", 0.0, 0.15},
	{GS, "GS", 1.0, 0.75},
	{ED, "ED", 0.0, 1.0},
	{GT, "GT", 1.0, 1.0},
	{RSA, "RSA", 0.3, 1.0},
	{OU, "OU", 0.4, 1.0},
	{MDR, "MDR", 0.4, 1.0},
};

/* ----------------------------------------------------------------
 * Facts: Parties
 *
 * A weight is that among the Parties who may send the same: about per mille
 * of the rows for suppliers, less for the others, who may send little.  The
 * SMETS1 share and the region weights are those of a supplier's Devices;
 * network operators and other users deal with any supplier's.
 * ----------------------------------------------------------------
 */
typedef enum Spelling
{
	UPPER_CASE,
	LOWER_CASE,
	SPELLING_COUNT
} Spelling;

static const char *const eui64_digits[SPELLING_COUNT] = {
	"0123456789ABCDEF", "0123456789abcdef"
};

typedef struct Party
{
	const char *code;
	const char *name;
	const char *supplier_group;
	const char *category;
	unsigned	roles;
	double		weight;
	double		smets1_share;
	double		region_weights[REGION_COUNT];	/* North, Central, South */
	double		rejected_factor;	/* of REJECTED_SHARE */
	double		campaign_rtt_factor;	/* for BULK_CAMPAIGN */
	Spelling	eui64_spelling;
	uint64_t	counter_base;	/* of its request ids */
} Party;

#define LARGE			"Large Supplier"
#define SMALL			"Small Supplier"
#define ELECTRICITY		"Electricity Network"
#define GAS				"Gas Network"
#define OTHER			"Other"

static const Party parties[] = {
	{"ALDR", "Alderbrook Energy", "Alderbrook", LARGE, SUPPLIER,
	300, 0.25, {25, 40, 35}, 1.0, 1.0, UPPER_CASE, 0},
	{"BRAM", "Bramblegate Power", "Bramblegate", LARGE, SUPPLIER,
	165, 0.35, {30, 35, 35}, 1.0, 1.0, UPPER_CASE, UINT64_C(1) << 63},
	{"CORV", "Corvane Home Energy", "Corvane", LARGE, SUPPLIER,
	125, 0.15, {20, 45, 35}, 0.8, 1.0, UPPER_CASE, 0},
	{"DUNM", "Dunmarrow Energy", "Dunmarrow", LARGE, SUPPLIER,
	95, 0.20, {25, 40, 35}, 1.0, 6.0, UPPER_CASE, 0},
	{"ESKL", "Eskerlea Supply", "Eskerlea", LARGE, SUPPLIER,
	70, 0.30, {30, 40, 30}, 1.2, 1.0, UPPER_CASE, 0},
	{"FENH", "Fennhollow Energy", "Fennhollow", LARGE, SUPPLIER,
	55, 0.10, {90, 6, 4}, 1.0, 1.0, UPPER_CASE, 0},
	{"GALD", "Galdermere Energy", "Galdermere", LARGE, SUPPLIER,
	40, 0.20, {25, 40, 35}, 6.5, 1.0, UPPER_CASE, 0},
	{"HOLT", "Hollowtarn Energy", "Corvane", LARGE, SUPPLIER,
	30, 0.05, {20, 40, 40}, 1.0, 1.0, UPPER_CASE, 0},
	{"IVEN", "Ivenstoke Power", "Ivenstoke", SMALL, SUPPLIER,
	15, 0.10, {30, 40, 30}, 1.5, 1.0, UPPER_CASE, 0},
	{"JESS", "Jessamark Energy", "Jessamark", SMALL, SUPPLIER,
	8, 0.05, {20, 50, 30}, 1.5, 1.0, UPPER_CASE, 0},
	{"KETT", "Kettleford Co-operative", "Kettleford", SMALL, IS | GS,
	4, 0.40, {60, 30, 10}, 1.0, 1.0, LOWER_CASE, 0},
	{"LARK", "Larkmoor Power", "Larkmoor", SMALL, IS | ES,
	1.5, 0.00, {10, 20, 70}, 2.0, 1.0, UPPER_CASE, 0},
	{"MOSS", "Mossfleet Energy", "Mossfleet", SMALL, IS | GS,
	0.8, 0.10, {30, 40, 30}, 2.0, 1.0, UPPER_CASE, 0},
	{"NETH", "Nethercombe Gas", "Mossfleet", SMALL, GS,
	0.5, 0.10, {30, 40, 30}, 2.0, 1.0, UPPER_CASE, 0},
	{"ORMS", "Ormsgate Wires", "Ormsgate", ELECTRICITY, ED,
	60, 0, {0}, 0.7, 1.0, UPPER_CASE, 0},
	{"PELL", "Pellowmere Distribution", "Pellowmere", ELECTRICITY, ED,
	40, 0, {0}, 0.7, 1.0, UPPER_CASE, 0},
	{"QUIL", "Quillstone Wires", "Ormsgate", ELECTRICITY, ED,
	15, 0, {0}, 0.7, 1.0, UPPER_CASE, 0},
	{"RUSH", "Rushwold Pipes", "Rushwold", GAS, GT,
	9, 0, {0}, 0.7, 1.0, UPPER_CASE, 0},
	{"SALT", "Saltmarrow Pipes", "Saltmarrow", GAS, GT,
	6, 0, {0}, 0.7, 1.0, UPPER_CASE, 0},
	{"TIDE", "Tidewell Data", "Tidewell", OTHER, OU,
	12, 0, {0}, 1.5, 1.0, UPPER_CASE, 0},
	{"UMBE", "Umberfield Metering", "Umberfield", OTHER, RSA,
	3, 0, {0}, 1.5, 1.0, UPPER_CASE, 0},
	/* it makes a share of other Parties' reads: see RETRIEVER_SHARE */
	{"VALE", "Valemoor Reads", "Valemoor", OTHER, MDR,
	0, 0, {0}, 1.0, 1.0, UPPER_CASE, 0},
};

/* ----------------------------------------------------------------
 * Facts: Devices
 * ----------------------------------------------------------------
 */
typedef struct Firmware
{
	const char *version;
	double		weight;
	double		rtt_factor;
	double		lost_share;		/* besides what is lost anyway */
} Firmware;

#define FIRMWARE_MAX	3

typedef struct Model
{
	DeviceKind	kind;
	Generation	generation;
	const char *maker;
	const char *name;
	uint64_t	eui64;			/* of all its Devices, the first 24 bits */
	double		weight;			/* among those of its kind and generation */
	Firmware	firmware[FIRMWARE_MAX];
} Model;

static const Model models[] = {
	{ESME, SMETS2, "Tarnholm", "TE-200", UINT64_C(0x021A40) << 40, 40,
	{{"2.04.1", 30, 1.0, 0}, {"2.05.0", 60, 0.95, 0}, {"2.06.0", 10, 0.9, 0}}},
	{ESME, SMETS2, "Wexcombe", "W3E", UINT64_C(0x0233C0) << 40, 35,
	{{"5.1.3", 55, 1.0, 0}, {"5.2.7", 25, 3.0, 0.08}, {"5.3.0", 20, 1.0, 0}}},
	{ESME, SMETS2, "Orrinlea", "OE5", UINT64_C(0x024F10) << 40, 25,
	{{"11.0.2", 70, 1.1, 0}, {"11.1.0", 30, 1.05, 0}}},
	{ESME, SMETS1, "Tarnholm", "TE-100", UINT64_C(0x021A40) << 40, 60,
	{{"1.18.0", 80, 1.0, 0}, {"1.19.2", 20, 1.0, 0}}},
	{ESME, SMETS1, "Wexcombe", "W1E", UINT64_C(0x0233C0) << 40, 40,
	{{"3.07.5", 100, 1.1, 0}}},

	{GSME, SMETS2, "Tarnholm", "TG-200", UINT64_C(0x021A40) << 40, 55,
	{{"2.02.0", 40, 1.0, 0}, {"2.03.1", 60, 1.0, 0}}},
	{GSME, SMETS2, "Orrinlea", "OG5", UINT64_C(0x024F10) << 40, 45,
	{{"10.4.0", 65, 1.05, 0}, {"10.5.1", 35, 1.0, 0}}},
	{GSME, SMETS1, "Wexcombe", "W1G", UINT64_C(0x0233C0) << 40, 100,
	{{"3.02.1", 100, 1.1, 0}}},

	{CHF, SMETS2, "Vellingard", "VH-C", UINT64_C(0x0266A0) << 40, 65,
	{{"7.12.0", 50, 1.0, 0}, {"7.13.1", 50, 0.95, 0}}},
	{CHF, SMETS2, "Quernby", "QH-2", UINT64_C(0x027B50) << 40, 35,
	{{"4.00.8", 85, 1.05, 0}, {"4.01.0", 15, 1.0, 0}}},
	{CHF, SMETS1, "Wexcombe", "W1H", UINT64_C(0x0233C0) << 40, 100,
	{{"3.00.9", 100, 1.0, 0}}},

	{GPF, SMETS2, "Vellingard", "VH-C", UINT64_C(0x0266A0) << 40, 65,
	{{"7.12.0", 50, 1.0, 0}, {"7.13.1", 50, 0.95, 0}}},
	{GPF, SMETS2, "Quernby", "QH-2", UINT64_C(0x027B50) << 40, 35,
	{{"4.00.8", 85, 1.05, 0}, {"4.01.0", 15, 1.0, 0}}},
	{GPF, SMETS1, "Wexcombe", "W1H", UINT64_C(0x0233C0) << 40, 100,
	{{"3.00.9", 100, 1.0, 0}}},

	{PPMID, SMETS2, "Quernby", "QD-7", UINT64_C(0x027B50) << 40, 60,
	{{"1.20", 70, 1.0, 0}, {"1.21", 30, 1.0, 0}}},
	{PPMID, SMETS2, "Orrinlea", "OD3", UINT64_C(0x024F10) << 40, 40,
	{{"0.9.4", 100, 1.2, 0}}},
	{PPMID, SMETS1, "Wexcombe", "W1D", UINT64_C(0x0233C0) << 40, 100,
	{{"3.01.0", 100, 1.2, 0}}},
};

/* ----------------------------------------------------------------
 * Facts: when requests are sent
 *
 * Hourly weights of a working day, UTC, and the weekend's share of them.
 * ----------------------------------------------------------------
 */
typedef enum RhythmId
{
	NIGHT,						/* schedules */
	OFFICE,						/* back offices and their campaigns */
	FIELD,						/* installers */
	HOME,						/* consumers, and what they set off */
	RHYTHM_COUNT
} RhythmId;

typedef struct Rhythm
{
	double		hours[24];
	double		weekend_factor;
} Rhythm;

static const Rhythm rhythms[RHYTHM_COUNT] = {
	[NIGHT] = {{30, 24, 18, 14, 10, 6, 2, 1, 1, 1, 1, 1,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 16}, 1.0},
	[OFFICE] = {{4, 3, 2, 2, 2, 3, 5, 8, 14, 18, 20, 19,
	17, 18, 18, 16, 14, 10, 7, 6, 5, 5, 5, 4}, 0.35},
	[FIELD] = {{0, 0, 0, 0, 0, 0, 1, 6, 16, 20, 20, 18,
	15, 17, 18, 16, 11, 6, 3, 1, 0, 0, 0, 0}, 0.25},
	[HOME] = {{2, 1, 1, 1, 1, 2, 6, 12, 13, 12, 11, 11,
	12, 11, 11, 13, 16, 19, 20, 18, 14, 10, 6, 3}, 0.9},
};

/* ----------------------------------------------------------------
 * Facts: what is requested
 *
 * One line per SRV and, where there is more than one, per qualifier and
 * business process.  Weights are about per mille of the requests, by mode;
 * an SRV has weights only in modes that it offers.  Where only one kind of
 * meter will do, gas is NO_DEVICE; a non-device request is about that Device.
 * ----------------------------------------------------------------
 */
typedef struct Workload
{
	const char *srv;
	const char *qualifier;		/* or "" */
	const char *process;		/* named by the row, or "" */
	bool		critical;
	unsigned	roles;
	DeviceKind	electric;
	DeviceKind	gas;
	RhythmId	rhythm;			/* but for schedules, which run at NIGHT */
	double		weights[MODE_COUNT];	/* on demand, future-dated, scheduled,
										 * non-device */
} Workload;

static const Workload workloads[] = {
	/* install and commission */
	{"8.11", "", "", false, IS | GS | OU, CHF, CHF, FIELD, {20, 1, 0, 0}},
	{"6.21", "supplier_certificates", "", false, IS | GS, CHF, GPF, FIELD,
	{7, 1, 0, 0}},
	{"6.21", "other_certificates", "", false, IS | GS, CHF, GPF, OFFICE,
	{1, 0, 0, 0}},
	{"8.1.1", "", "", true, IS | GS, ESME, GSME, FIELD, {11, 0, 0, 0}},
	{"8.7.2", "join_gpf_gsme", "", false, GS, NO_DEVICE, GPF, FIELD,
	{8, 0, 0, 0}},
	{"8.7.2", "join_ppmid", "", false, IS | GS, PPMID, PPMID, FIELD,
	{7, 0, 0, 0}},
	{"6.20.1", "", "", false, IS | GS, ESME, GPF, FIELD, {9, 3, 0, 0}},
	{"1.1.1", "", "install_and_commission", true, IS | GS, ESME, GSME, FIELD,
	{10, 0, 0, 0}},
	{"6.8", "", "install_and_commission", true, IS | GS, ESME, GSME, FIELD,
	{6, 0, 0, 0}},
	{"8.14.1", "", "", false, IS | GS, CHF, CHF, FIELD, {0, 0, 0, 6}},

	/* change of supplier, change of tenancy */
	{"6.23", "", "", false, IS | GS, ESME, GSME, OFFICE, {4, 14, 0, 0}},
	{"1.1.1", "", "change_of_supplier", true, IS | GS, ESME, GSME, OFFICE,
	{5, 12, 0, 0}},
	{"6.8", "", "change_of_supplier", true, IS | GS, ESME, GSME, OFFICE,
	{5, 0, 0, 0}},
	{"3.2", "", "", false, IS | GS, ESME, GPF, OFFICE, {5, 2, 0, 0}},
	{"1.1.1", "", "change_of_tenancy", true, IS | GS, ESME, GSME, OFFICE,
	{3, 4, 0, 0}},
	/* the season's price change belongs to no process of H13.1A */
	{"1.1.1", "", "", true, IS | GS, ESME, GSME, OFFICE, {2, 20, 0, 0}},

	/* prepayment */
	{"1.6", "prepayment", "", true, IS | GS, ESME, GSME, OFFICE, {3, 1, 0, 0}},
	{"1.6", "credit", "", true, IS | GS, ESME, GSME, OFFICE, {1.5, 0.5, 0, 0}},
	{"2.1", "", "", true, IS | GS, ESME, GSME, OFFICE, {5, 2, 0, 0}},
	{"2.2", "positive_value", "", false, IS | GS, ESME, GSME, HOME,
	{70, 0, 0, 0}},
	{"2.2", "zero_value", "", false, IS | GS, ESME, GSME, HOME,
	{0.5, 0, 0, 0}},

	/* security credentials */
	{"6.15.2", "digital_signature", "", true, IS | GS, ESME, GSME, OFFICE,
	{3, 0, 0, 0}},
	{"6.15.2", "key_agreement", "", true, IS | GS, ESME, GSME, OFFICE,
	{3, 0, 0, 0}},
	{"6.17", "digital_signature", "", true, IS | GS, ESME, GSME, OFFICE,
	{3, 0, 0, 0}},
	{"6.17", "key_agreement", "", true, IS | GS, ESME, GSME, OFFICE,
	{3, 0, 0, 0}},

	/* firmware */
	{"11.1", "", "", false, IS | GS, ESME, GSME, OFFICE, {0, 0, 0, 2}},
	{"11.3", "", "", true, IS | GS, ESME, GSME, OFFICE, {7, 4, 0, 0}},

	/* communications hub return */
	{"8.14.3", "", "", false, IS | GS, CHF, CHF, FIELD, {0, 0, 0, 1}},
	{"8.14.4", "", "", false, IS | GS, CHF, CHF, FIELD, {0, 0, 0, 1.5}},

	/* network operators */
	{"6.15.1", "network_operator_certificates", "", true, ED | GT, ESME, GPF,
	OFFICE, {5, 2, 0, 0}},
	{"6.15.1", "supplier_certificates", "", true, IS | GS, ESME, GSME, OFFICE,
	{3, 1, 0, 0}},
	{"6.5", "", "", false, ED, ESME, NO_DEVICE, OFFICE, {2, 4, 0, 0}},
	{"6.22", "eno_alerts", "", false, ED, ESME, NO_DEVICE, OFFICE,
	{4, 0, 0, 0}},
	{"6.22", "supplier_alerts", "", false, IS | GS, ESME, GSME, OFFICE,
	{2, 0, 0, 0}},

	/* meter reads */
	{"4.6.1", "", "", false, IS | GS, ESME, GPF, HOME, {20, 5, 78, 0}},
	{"4.6.2", "", "", false, ES, ESME, NO_DEVICE, OFFICE, {3, 1, 14, 0}},
	{"4.8.1", "", "", false, IS | GS | ED | GT | OU, ESME, GPF, HOME,
	{60, 15, 220, 0}},
	{"4.8.2", "", "", false, IS | ED | OU, ESME, NO_DEVICE, OFFICE,
	{5, 2, 27, 0}},
	{"4.8.3", "", "", false, ES | ED | OU, ESME, NO_DEVICE, OFFICE,
	{4, 1, 22, 0}},
	{"4.10", "", "", false, IS | GS | ED | GT, ESME, GSME, OFFICE,
	{15, 4, 16, 0}},
	{"4.17", "", "", false, IS | GS | ED | GT | OU, ESME, GPF, HOME,
	{30, 8, 85, 0}},

	/* outside H13.1A */
	{"4.1.1", "", "", false, IS | GS | ED | GT, ESME, GPF, HOME,
	{25, 3, 0, 0}},
	{"8.2", "", "", false, IS | ES | GS | RSA | ED | GT | OU,
	NO_DEVICE, NO_DEVICE, OFFICE, {0, 0, 0, 35}},
};

/* ----------------------------------------------------------------
 * Facts: how requests are run, and how they end
 * ----------------------------------------------------------------
 */
typedef enum OrchestrationId
{
	SINGLE,
	SEQUENCED,
	BULK_CAMPAIGN,
	DCC_SCHEDULE,
	ORCHESTRATION_COUNT
} OrchestrationId;

typedef struct Orchestration
{
	const char *name;
	double		rtt_factor;
	double		weights[MODE_COUNT];
} Orchestration;

static const Orchestration orchestrations[ORCHESTRATION_COUNT] = {
	[SINGLE] = {"single", 1.0, {70, 40, 0, 90}},
	[SEQUENCED] = {"sequenced", 1.05, {18, 20, 0, 0}},
	[BULK_CAMPAIGN] = {"bulk_campaign", 1.2, {12, 40, 0, 10}},
	[DCC_SCHEDULE] = {"dcc_schedule", 1.0, {0, 0, 100, 0}},
};

/* RTTs, and the share of requests that get no result. */
typedef enum ShapeId
{
	/* on demand, by kind of Device */
	ESME_ANSWER,
	GSME_ANSWER,
	CHF_ANSWER,
	GPF_ANSWER,
	PPMID_ANSWER,
	/* from the execution time */
	FUTURE_ANSWER,
	SCHEDULED_ANSWER,
	/* firmware */
	SMETS1_ACTIVATION,
	SMETS2_ACTIVATION,
	IMAGE_DELIVERY,
	/* no Device takes part */
	DCC_ANSWER,
	DCC_TRANSFORMATION,
	ACKNOWLEDGEMENT,
	SHAPE_COUNT
} ShapeId;

typedef struct Shape
{
	double		median_s;
	double		sigma;			/* of the logarithm */
	double		tail_share;
	double		tail_median_s;
	double		tail_sigma;
	double		lost_share;
} Shape;

static const Shape shapes[SHAPE_COUNT] = {
	[ESME_ANSWER] = {8.0, 0.48, 0.015, 150.0, 1.2, 0.006},
	[GSME_ANSWER] = {10.0, 0.5, 0.20, 20 * MINUTE_S, 1.1, 0.020},
	[CHF_ANSWER] = {5.0, 0.45, 0.01, 90.0, 1.0, 0.004},
	[GPF_ANSWER] = {7.0, 0.48, 0.015, 120.0, 1.1, 0.005},
	[PPMID_ANSWER] = {9.0, 0.6, 0.08, 10 * MINUTE_S, 1.2, 0.030},
	[FUTURE_ANSWER] = {90.0, 1.0, 0.04, 4 * HOUR_S, 0.9, 0.008},
	[SCHEDULED_ANSWER] = {1.3 * HOUR_S, 0.8, 0.02, 14 * HOUR_S, 0.4, 0.008},
	[SMETS1_ACTIVATION] = {1.2 * DAY_S, 0.7, 0, 0, 0, 0.015},
	[SMETS2_ACTIVATION] = {14.0, 0.5, 0.15, 5 * HOUR_S, 1.1, 0.015},
	[IMAGE_DELIVERY] = {1.8 * DAY_S, 0.45, 0.03, 6 * DAY_S, 0.3, 0.010},
	[DCC_ANSWER] = {0.4, 0.5, 0.01, 8.0, 0.8, 0.0008},
	[DCC_TRANSFORMATION] = {1.2, 0.4, 0.005, 10.0, 0.8, 0.0005},
	[ACKNOWLEDGEMENT] = {0.3, 0.35, 0, 0, 0, 0},
};

static const ShapeId kind_shapes[KIND_COUNT] = {
	[ESME] = ESME_ANSWER,
	[GSME] = GSME_ANSWER,
	[CHF] = CHF_ANSWER,
	[GPF] = GPF_ANSWER,
	[PPMID] = PPMID_ANSWER,
};

/* What the User sees of a request that was lost. */
typedef enum Loss
{
	NO_RESPONSE,				/* the DCC says so */
	NO_RESULT,					/* an acknowledgement, nothing after it */
	NO_WORD,					/* nothing at all */
	LOSS_COUNT
} Loss;

static const double loss_weights[LOSS_COUNT] = {
	[NO_RESPONSE] = 65,
	[NO_RESULT] = 25,
	[NO_WORD] = 10,
};

typedef struct Code
{
	const char *code;
	double		weight;
} Code;

static const Code rejections[] = {
	{"E5", 36}, {"E4", 25}, {"E19", 12}, {"E12", 7}, {"E11", 6}, {"E2", 5},
	{"E1", 4}, {"E3", 2}, {"E17", 1.5}, {"E13", 1},
	{"E97", 0.5},				/* in no list */
};

static const Code no_responses[] = {
	{"E20", 45}, {"E21", 55},
};

/*
 * Future-dated commands that the Device executes by itself, and the number of
 * their instructions, each of which an alert reports.  The numbers are those
 * of the public parsers' test sets, but for 6.15.1, which is invented.
 */
typedef struct Instructions
{
	const char *srv;
	int			electric;
	int			gas;
} Instructions;

static const Instructions instructions[] = {
	{"1.1.1", 6, 5},
	{"1.6", 2, 2},
	{"2.1", 9, 6},
	{"6.15.1", 1, 1},
	{"6.23", 1, 1},
	{"11.3", 1, 1},
};

/* ----------------------------------------------------------------
 * Calendar
 *
 * Times are milliseconds since 1970, days are days since then.  After Howard
 * Hinnant's "chrono-Compatible Low-Level Date Algorithms": years begin in
 * March, so that the leap day is a year's last.
 * ----------------------------------------------------------------
 */
#define DAYS_TO_1970	719468	/* from 1 March of the year 0 */
#define DAYS_OF_ERA		146097	/* 400 years */

static int64_t
join_day(int year, int month, int day)
{
	int			march_year = month > 2 ? year : year - 1;
	int			era = march_year / 400;
	int			year_of_era = march_year % 400;
	int			leap_days = year_of_era / 4 - year_of_era / 100;
	int			day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;

	return (int64_t) era * DAYS_OF_ERA + year_of_era * 365 + leap_days +
		day_of_year - DAYS_TO_1970;
}

static void
split_day(int64_t days, int *year, int *month, int *day)
{
	int			era = (int) ((days + DAYS_TO_1970) / DAYS_OF_ERA);
	int			day_of_era = (int) ((days + DAYS_TO_1970) % DAYS_OF_ERA);
	int			year_of_era = (day_of_era - day_of_era / 1460 +
							   day_of_era / 36524 - day_of_era / 146096) / 365;
	int			leap_days = year_of_era / 4 - year_of_era / 100;
	int			day_of_year = day_of_era - (365 * year_of_era + leap_days);
	int			march_month = (5 * day_of_year + 2) / 153;

	*day = day_of_year - (153 * march_month + 2) / 5 + 1;
	*month = march_month < 10 ? march_month + 3 : march_month - 9;
	*year = era * 400 + year_of_era + (*month <= 2 ? 1 : 0);
}

static bool
is_weekend(int64_t days)
{
	return (days + 3) % 7 >= 5; /* 1970 began on a Thursday */
}

static bool
is_outage(int64_t time_ms)
{
	int			year;
	int			month;
	int			day;

	split_day(time_ms / DAY_MS, &year, &month, &day);
	return day == OUTAGE_DAY_OF_MONTH;
}

/* ----------------------------------------------------------------
 * Chance
 * ----------------------------------------------------------------
 */
typedef struct Rng
{
	uint64_t	state;
} Rng;

/* splitmix64 (Steele, Lea and Flood 2014): any seed is a good one. */
static uint64_t
next_u64(Rng *rng)
{
	uint64_t	z = (rng->state += UINT64_C(0x9E3779B97F4A7C15));

	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

/* Between 0 and 1, never either. */
static double
next_uniform(Rng *rng)
{
	return ((double) (next_u64(rng) >> 12) + 0.5) /
		(double) (UINT64_C(1) << 52);
}

static bool
happens(Rng *rng, double share)
{
	return next_uniform(rng) < share;
}

static double
next_lognormal(Rng *rng, double median, double sigma)
{
	double		radius = sqrt(-2.0 * log(next_uniform(rng)));
	double		angle = 2.0 * PI * next_uniform(rng);

	return median * exp(sigma * radius * cos(angle));
}

static int64_t
next_rtt_ms(Rng *rng, ShapeId shape_id, double factor)
{
	const Shape *shape = &shapes[shape_id];
	double		rtt_s;

	if (happens(rng, shape->tail_share))
		rtt_s = next_lognormal(rng, shape->tail_median_s, shape->tail_sigma);
	else
		rtt_s = next_lognormal(rng, shape->median_s, shape->sigma);
	return (int64_t) (rtt_s * factor * SECOND_MS) + 1;
}

/*
 * A choice among weighted items: running totals, searched by halving.
 */
#define CHOICE_MAX		(lengthof(workloads) * MODE_COUNT)

typedef struct Picker
{
	int			count;
	int			items[CHOICE_MAX];
	double		totals[CHOICE_MAX];
} Picker;

static double
picker_total(const Picker *picker)
{
	return picker->count > 0 ? picker->totals[picker->count - 1] : 0.0;
}

static void
picker_add(Picker *picker, int item, double weight)
{
	if (weight <= 0.0)
		return;
	assert(picker->count < CHOICE_MAX);
	picker->totals[picker->count] = picker_total(picker) + weight;
	picker->items[picker->count] = item;
	picker->count++;
}

static int
picker_pick(const Picker *picker, Rng *rng)
{
	double		point = next_uniform(rng) * picker_total(picker);
	int			low = 0;
	int			high = picker->count - 1;

	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (point < picker->totals[middle])
			high = middle;
		else
			low = middle + 1;
	}
	return picker->items[low];
}

/* ----------------------------------------------------------------
 * What is derived from the facts, once
 * ----------------------------------------------------------------
 */
typedef struct User
{
	const Party *party;
	const Role *role;
	uint64_t	eui64;
	uint64_t	counter;
} User;

static User users[lengthof(parties) * ROLE_COUNT];
static int	user_count;
static User *retriever;

static Picker user_pickers[lengthof(workloads)];
static Picker supplier_picker;
static Picker region_pickers[lengthof(parties)];
static Picker model_pickers[KIND_COUNT][GENERATION_COUNT];
static Picker firmware_pickers[lengthof(models)];
static Picker hour_pickers[2][24];	/* [weekend][hour]: workload and mode */
static Picker orchestration_pickers[MODE_COUNT];
static Picker loss_picker;
static Picker rejection_picker;
static Picker no_response_picker;

static void
add_codes(Picker *picker, const Code *codes, int count)
{
	int			i;

	for (i = 0; i < count; i++)
		picker_add(picker, i, codes[i].weight);
}

/*
 * A User of each Party for each of its roles.  Counters start where those of
 * an earlier month cannot have come to.
 */
static void
init_users(int64_t from_ms)
{
	int			p;
	int			r;

	for (p = 0; p < lengthof(parties); p++)
		for (r = 0; r < ROLE_COUNT; r++)
		{
			User	   *user = &users[user_count];

			if ((parties[p].roles & roles[r].bit) == 0)
				continue;
			user->party = &parties[p];
			user->role = &roles[r];
			user->eui64 = USER_EUI64 | (uint64_t) p << 8 | (uint64_t) r;
			user->counter = parties[p].counter_base | (uint64_t) from_ms << 12;
			if (roles[r].bit == MDR)
				retriever = user;
			user_count++;
		}
}

static void
init_parties(void)
{
	int			p;
	int			i;

	for (p = 0; p < lengthof(parties); p++)
	{
		if (parties[p].roles & SUPPLIER)
			picker_add(&supplier_picker, p, parties[p].weight);
		for (i = 0; i < REGION_COUNT; i++)
			picker_add(&region_pickers[p], i, parties[p].region_weights[i]);
	}
}

static void
init_devices(void)
{
	int			m;
	int			i;

	for (m = 0; m < lengthof(models); m++)
	{
		const Model *model = &models[m];

		picker_add(&model_pickers[model->kind][model->generation], m,
				   model->weight);
		for (i = 0; i < FIRMWARE_MAX; i++)
			picker_add(&firmware_pickers[m], i, model->firmware[i].weight);
	}
}

/* The weight of an hour, such that the hours of a week have 1 on average. */
static double
rhythm_weight(const Rhythm *rhythm, bool weekend, int hour)
{
	double		day = 0.0;
	double		week;
	int			h;

	for (h = 0; h < 24; h++)
		day += rhythm->hours[h];
	week = day * (5.0 + 2.0 * rhythm->weekend_factor);
	return rhythm->hours[hour] * (weekend ? rhythm->weekend_factor : 1.0)
		* 7 * 24 / week;
}

static void
init_workloads(void)
{
	int			w;
	int			m;
	int			u;
	int			day;
	int			hour;

	for (w = 0; w < lengthof(workloads); w++)
	{
		const Workload *workload = &workloads[w];

		for (u = 0; u < user_count; u++)
			if (workload->roles & users[u].role->bit)
				picker_add(&user_pickers[w], u,
						   users[u].party->weight * users[u].role->weight);

		for (m = 0; m < MODE_COUNT; m++)
		{
			RhythmId	id = m == DCC_SCHEDULED ? NIGHT : workload->rhythm;

			for (day = 0; day < 2; day++)
				for (hour = 0; hour < 24; hour++)
					picker_add(&hour_pickers[day][hour], w * MODE_COUNT + m,
							   workload->weights[m] *
							   rhythm_weight(&rhythms[id], day == 1, hour));
		}
	}
}

static void
init_endings(void)
{
	int			i;
	int			m;

	for (m = 0; m < MODE_COUNT; m++)
		for (i = 0; i < ORCHESTRATION_COUNT; i++)
			picker_add(&orchestration_pickers[m], i,
					   orchestrations[i].weights[m]);
	for (i = 0; i < LOSS_COUNT; i++)
		picker_add(&loss_picker, i, loss_weights[i]);
	add_codes(&rejection_picker, rejections, lengthof(rejections));
	add_codes(&no_response_picker, no_responses, lengthof(no_responses));
}

/* ----------------------------------------------------------------
 * Devices
 * ----------------------------------------------------------------
 */
typedef struct Device
{
	DeviceKind	kind;
	Generation	generation;
	const Region *region;		/* NULL for SMETS1 */
	const Model *model;
	const Firmware *firmware;
	uint64_t	eui64;
} Device;

/*
 * A Device of its kind at some premises that the User deals with.  Premises
 * are numbered, supplier by supplier; the number alone decides what is there,
 * so that a Device is the same one whenever it is asked.
 */
static Device
pick_device(Rng *rng, const User *user, DeviceKind kind)
{
	Device		device = {.kind = kind};
	int			supplier;
	uint64_t	premises;
	Rng			premises_rng;
	Rng			device_rng;
	int			model;
	int			firmware;

	if (kind == NO_DEVICE)
		return device;

	if (user->party->roles & SUPPLIER)
		supplier = (int) (user->party - parties);
	else
		supplier = picker_pick(&supplier_picker, rng);
	premises = (uint64_t) (next_uniform(rng) * PREMISES_PER_WEIGHT *
						   parties[supplier].weight);
	premises += (uint64_t) supplier * 100000000;

	premises_rng.state = premises * 8 + NO_DEVICE;
	if (happens(&premises_rng, parties[supplier].smets1_share))
		device.generation = SMETS1;
	else
	{
		device.generation = SMETS2;
		device.region = &regions[picker_pick(&region_pickers[supplier],
											 &premises_rng)];
	}

	/* communications hub and gas proxy are one box */
	device_rng.state = premises * 8 + (kind == GPF ? CHF : kind);
	model = picker_pick(&model_pickers[kind][device.generation], &device_rng);
	device.model = &models[model];
	firmware = picker_pick(&firmware_pickers[model], &device_rng);
	device.firmware = &device.model->firmware[firmware];
	/* an odd factor makes another number of each, modulo 2^40 */
	device.eui64 = device.model->eui64 |
		(((premises * 8 + kind) * UINT64_C(0x9E3779B97F4A7C15)) &
		 ((UINT64_C(1) << 40) - 1));
	return device;
}

/* ----------------------------------------------------------------
 * Requests
 * ----------------------------------------------------------------
 */

/* Command variants, of the nine that the interface specification has. */
#define SEND_TO_DEVICE			1
#define RETURN_FOR_LOCAL		2
#define TRANSFORM_CRITICAL		4
#define SEND_SIGNED				5
#define RETURN_SIGNED_FOR_LOCAL 6
#define DCC_ONLY				8
#define VARIANT_9				9

/* One row, in the making. */
typedef struct Request
{
	User	   *user;
	uint64_t	counter;		/* of its id; 0: it has none */
	Spelling	spelling;		/* of its id */
	const Workload *workload;
	Mode		mode;
	int			command_variant;
	const Orchestration *orchestration;
	Device		device;
	/* what the row says, if anything ("" and NEVER are NULL) */
	const char *srv;
	const char *mode_name;
	const char *qualifier;
	const char *process;
	const char *generation;
	int64_t		sent_ms;
	int64_t		acknowledged_ms;
	int64_t		execution_ms;
	int64_t		response_ms;
	int64_t		delivered_ms;
	const char *response_code;
	const char *payload_ok;
	/* what the alerts say of the execution */
	int64_t		executed_ms;
	const char *executed_ok;
	int			done;
	int			total;			/* 0: there were no alerts */
	int64_t		cancelled_ms;
} Request;

/* Does a Device take part, now or later? */
static bool
reaches_device(const Request *request)
{
	return request->command_variant == SEND_TO_DEVICE ||
		request->command_variant == SEND_SIGNED;
}

/* Where its RTT starts. */
static int64_t
start_of(const Request *request)
{
	if (reaches_device(request) && request->execution_ms != NEVER)
		return request->execution_ms;
	return request->sent_ms;
}

static bool
is_srv(const Request *request, const char *srv)
{
	return strcmp(request->workload->srv, srv) == 0;
}

static ShapeId
choose_shape(const Request *request)
{
	if (request->command_variant == DCC_ONLY)
		return is_srv(request, "11.1") ? IMAGE_DELIVERY : DCC_ANSWER;
	if (!reaches_device(request))
		return DCC_TRANSFORMATION;
	if (is_srv(request, "11.3") && request->device.generation == SMETS1)
		return SMETS1_ACTIVATION;
	if (request->mode == DCC_SCHEDULED)
		return SCHEDULED_ANSWER;
	if (request->mode == FUTURE_DATED)
		return FUTURE_ANSWER;
	if (is_srv(request, "11.3"))
		return SMETS2_ACTIVATION;
	return kind_shapes[request->device.kind];
}

/* How much longer than its shape says this request takes. */
static double
rtt_factor(const Request *request)
{
	const Device *device = &request->device;
	double		factor = 1.0;

	if (is_outage(start_of(request)))
		factor *= OUTAGE_RTT_FACTOR;
	if (!reaches_device(request))
		return factor;
	factor *= device->firmware->rtt_factor;
	factor *= request->orchestration->rtt_factor;
	if (request->orchestration == &orchestrations[BULK_CAMPAIGN])
		factor *= request->user->party->campaign_rtt_factor;
	if (device->generation == SMETS1)
		factor *= SMETS1_RTT_FACTOR;
	else
		factor *= device->region->rtt_factor;
	return factor;
}

static double
lost_share(const Request *request, ShapeId shape)
{
	const Device *device = &request->device;
	double		share = shapes[shape].lost_share;

	if (reaches_device(request))
	{
		share += device->firmware->lost_share;
		if (device->region != NULL)
			share *= device->region->lost_factor;
	}
	if (is_outage(start_of(request)))
		share += OUTAGE_LOST_SHARE;
	return share;
}

/*
 * Future-dated requests are for a midnight or a full hour some days ahead,
 * scheduled ones for the next quarter of an hour.
 */
static int64_t
choose_execution(Rng *rng, Mode mode, int64_t sent_ms)
{
	int64_t		days = 1 + (int64_t) (next_uniform(rng) * 4);
	int64_t		hours = (int64_t) (next_uniform(rng) * 24);

	switch (mode)
	{
		case FUTURE_DATED:
			if (happens(rng, 0.6))
				hours = 0;
			return (sent_ms / DAY_MS + days) * DAY_MS + hours * HOUR_MS;
		case DCC_SCHEDULED:
			return (sent_ms / (15 * MINUTE_MS) + 1) * 15 * MINUTE_MS;
		default:
			return NEVER;
	}
}

static void
reject(Rng *rng, Request *request)
{
	int64_t		seen_ms = request->sent_ms;

	/* a schedule was accepted long ago; its Device may be gone since */
	if (request->mode == DCC_SCHEDULED)
		seen_ms = request->execution_ms;
	request->response_ms = seen_ms + next_rtt_ms(rng, ACKNOWLEDGEMENT, 1.0);
	request->response_code =
		rejections[picker_pick(&rejection_picker, rng)].code;
}

static void
lose(Rng *rng, Request *request)
{
	Loss		loss = (Loss) picker_pick(&loss_picker, rng);

	if (loss == NO_RESPONSE && reaches_device(request))
	{
		/* having waited for ten minutes to forty, or a day */
		if (request->mode == ON_DEMAND)
			request->response_ms = request->sent_ms + 10 * MINUTE_MS +
				(int64_t) (next_uniform(rng) * 30 * MINUTE_MS);
		else
			request->response_ms = request->execution_ms + DAY_MS +
				(int64_t) (next_uniform(rng) * MINUTE_MS);
		request->response_code = request->mode == FUTURE_DATED ? "E30" :
			no_responses[picker_pick(&no_response_picker, rng)].code;
	}
	else if (loss == NO_RESULT && request->acknowledged_ms != NEVER)
	{
		request->response_ms = request->acknowledged_ms;
		request->response_code = "I99";
	}
	else
		request->acknowledged_ms = NEVER;
}

static void
answer(Rng *rng, Request *request, ShapeId shape)
{
	request->response_ms = start_of(request) +
		next_rtt_ms(rng, shape, rtt_factor(request));
	if (request->response_ms <= request->acknowledged_ms)
		request->response_ms = request->acknowledged_ms + 1;
	request->response_code = "I0";
}

/* The DCC takes a firmware image at once, and delivers it over days. */
static void
answer_image(Rng *rng, Request *request, bool delivered)
{
	double		factor = rtt_factor(request);

	request->response_ms = request->sent_ms +
		next_rtt_ms(rng, DCC_ANSWER, factor);
	request->response_code = "I99";
	if (delivered)
		request->delivered_ms = request->sent_ms +
			next_rtt_ms(rng, IMAGE_DELIVERY, factor);
}

/* The extract was taken before some of it came. */
static void
hide_future(Request *request, int64_t extract_ms)
{
	if (request->acknowledged_ms >= extract_ms)
		request->acknowledged_ms = NEVER;
	if (request->delivered_ms >= extract_ms)
		request->delivered_ms = NEVER;
	if (request->response_ms >= extract_ms)
	{
		bool		acknowledged = request->acknowledged_ms != NEVER;

		request->response_ms = request->acknowledged_ms;
		request->response_code = acknowledged ? "I99" : "";
		request->payload_ok = "";
	}
}

/* Everything that comes after the sending. */
static void
end_request(Rng *rng, Request *request, int64_t extract_ms)
{
	ShapeId		shape = choose_shape(request);
	bool		lost = happens(rng, lost_share(request, shape));

	request->acknowledged_ms = NEVER;
	request->response_ms = NEVER;
	request->delivered_ms = NEVER;
	request->executed_ms = NEVER;
	request->cancelled_ms = NEVER;
	request->response_code = "";
	request->payload_ok = "";
	request->executed_ok = "";
	request->done = 0;
	request->total = 0;

	if (happens(rng, REJECTED_SHARE * request->user->party->rejected_factor))
		reject(rng, request);
	else
	{
		if (reaches_device(request) && request->mode != DCC_SCHEDULED)
			request->acknowledged_ms = request->sent_ms +
				next_rtt_ms(rng, ACKNOWLEDGEMENT, 1.0);
		if (shape == IMAGE_DELIVERY)
			answer_image(rng, request, !lost);
		else if (lost)
			lose(rng, request);
		else
			answer(rng, request, shape);
	}
	hide_future(request, extract_ms);
}

static const char *
unless(Rng *rng, double share, const char *value)
{
	return happens(rng, share) ? "" : value;
}

/* What is asked, by whom, of what: everything up to the sending. */
static Request
begin_request(Rng *rng, const Picker *hour_picker, int64_t sent_ms)
{
	Request		request = {.sent_ms = sent_ms};
	int			choice = picker_pick(hour_picker, rng);
	const Workload *workload = &workloads[choice / MODE_COUNT];
	DeviceKind	kind = workload->electric;

	request.workload = workload;
	request.mode = (Mode) (choice % MODE_COUNT);
	request.user = &users[picker_pick(&user_pickers[choice / MODE_COUNT],
									  rng)];
	request.spelling = request.user->party->eui64_spelling;
	if (kind == NO_DEVICE || (workload->gas != NO_DEVICE &&
							  happens(rng, request.user->role->gas_share)))
		kind = workload->gas;
	request.device = pick_device(rng, request.user, kind);
	request.orchestration =
		&orchestrations[picker_pick(&orchestration_pickers[request.mode],
									rng)];
	request.execution_ms = choose_execution(rng, request.mode, sent_ms);

	request.srv = workload->srv;
	if (happens(rng, SRV_UNKNOWN_SHARE))
		request.srv = UNKNOWN_SRV;
	request.mode_name = unless(rng, MODE_UNKNOWN_SHARE,
							   mode_names[request.mode]);
	request.qualifier = unless(rng, QUALIFIER_UNKNOWN_SHARE,
							   workload->qualifier);
	request.process = unless(rng, PROCESS_UNKNOWN_SHARE, workload->process);
	request.generation = kind == NO_DEVICE ? "" :
		unless(rng, GENERATION_UNKNOWN_SHARE,
			   generation_names[request.device.generation]);
	return request;
}

/* ----------------------------------------------------------------
 * What is planted in a few rows
 *
 * Each row has a random stream of its own here, so that another share changes
 * no other row.
 * ----------------------------------------------------------------
 */
typedef struct Schedule
{
	const Workload *workload;	/* NULL: none yet */
	Device		device;
	uint64_t	counter;		/* of its id */
	int64_t		next_ms;
} Schedule;

/* One of each User. */
static Schedule schedules[lengthof(users)];

static Rng
row_rng(const Request *request)
{
	Rng			rng = {(request->user->eui64 ^ request->counter) *
	UINT64_C(0xD1342543DE82EF95) + (uint64_t) request->sent_ms};

	return rng;
}

/* The retriever reads Devices of any supplier. */
static void
retrieve(Rng *rng, Request *request)
{
	bool		registers = is_srv(request, "4.1.1");

	if (!registers && !is_srv(request, "4.8.1"))
		return;
	if (!happens(rng, RETRIEVER_SHARE))
		return;
	request->user = retriever;
	request->counter = ++retriever->counter;
	if (registers && request->device.kind == ESME && happens(rng, 0.3))
		request->srv = "4.2";
}

/*
 * The first scheduled answer of a User begins a schedule.  Once a day a later
 * one becomes an answer of this schedule: with its Device and its id.
 */
static void
follow_schedule(Rng *rng, Request *request, int64_t extract_ms)
{
	Schedule   *schedule = &schedules[request->user - users];

	if (request->mode != DCC_SCHEDULED)
		return;
	if (schedule->workload == NULL)
	{
		schedule->workload = request->workload;
		schedule->device = request->device;
		schedule->counter = request->counter;
	}
	else if (request->workload == schedule->workload &&
			 request->execution_ms >= schedule->next_ms)
	{
		request->device = schedule->device;
		request->generation = generation_names[request->device.generation];
		request->counter = schedule->counter;
		end_request(rng, request, extract_ms);
	}
	else
	{
		if (happens(rng, NO_ID_SHARE))
			request->counter = 0;
		return;
	}
	schedule->next_ms = request->execution_ms + DAY_MS;
}

static int
count_instructions(const Request *request)
{
	int			i;

	if (request->mode != FUTURE_DATED || !reaches_device(request))
		return 0;
	for (i = 0; i < lengthof(instructions); i++)
		if (is_srv(request, instructions[i].srv))
			return request->device.kind == ESME ?
				instructions[i].electric : instructions[i].gas;
	return 0;
}

/*
 * The Device holds the command until its time.  The response accepts it, and
 * the execution ends when a command held by the DSP would have been answered.
 */
static void
accept_command(Rng *rng, Request *request, int total)
{
	bool		answered = strcmp(request->response_code, "I0") == 0;
	bool		late = happens(rng, ACCEPTED_LATE_SHARE);

	/* rejected, or not known to the Device */
	if (!answered && strcmp(request->response_code, "I99") != 0)
		return;
	if (answered)
		request->executed_ms = request->response_ms;
	request->total = total;
	request->done = total;
	request->response_ms = late ? request->execution_ms :
		request->acknowledged_ms;
	request->response_ms +=
		next_rtt_ms(rng, kind_shapes[request->device.kind], 1.0);
	request->response_code = "I0";
	request->payload_ok = "t";
}

static void
end_execution(Rng *rng, Request *request)
{
	bool		late = happens(rng, CANCELLED_LATE_SHARE);
	int64_t		wait_ms = request->execution_ms - request->response_ms;

	if (wait_ms > 0 && happens(rng, EXECUTION_CANCELLED_SHARE))
	{
		request->cancelled_ms = late ? request->execution_ms + HOUR_MS :
			request->response_ms + (int64_t) (next_uniform(rng) *
											  (double) wait_ms);
		if (!late)
			request->executed_ms = NEVER;
	}
	if (happens(rng, EXECUTION_FAILED_SHARE))
	{
		request->executed_ok = "f";
		request->done = (int) (next_uniform(rng) * request->total);
	}
	else
	{
		request->executed_ok = "t";
		if (happens(rng, ALERT_LOST_SHARE))
			request->done = (int) (next_uniform(rng) * request->total);
		if (request->done == 0)
			request->executed_ms = NEVER;
	}
	if (request->executed_ms != NEVER && happens(rng, CLOCK_WRONG_SHARE))
		request->executed_ms = request->execution_ms -
			(int64_t) (next_uniform(rng) * 5 * MINUTE_MS) - 1;
}

/* As hide_future() does for the rest. */
static void
hide_future_execution(Request *request, int64_t extract_ms)
{
	if (request->cancelled_ms >= extract_ms)
		request->cancelled_ms = NEVER;
	if (request->executed_ms == NEVER || request->executed_ms >= extract_ms)
	{
		request->executed_ms = NEVER;
		request->executed_ok = "";
		request->done = 0;
		request->total = 0;
	}
}

/* What the payload of the Device's response says. */
static void
set_payload(Rng *rng, Request *request)
{
	if (!reaches_device(request) || strcmp(request->response_code, "I0") != 0)
		return;
	request->payload_ok = "t";
	if (!happens(rng, REFUSED_SHARE))
		return;
	request->payload_ok = "f";
	request->executed_ms = NEVER;
	request->cancelled_ms = NEVER;
}

static void
vary_code(Rng *rng, Request *request)
{
	bool		rejected = request->response_code[0] == 'E';
	bool		success = strcmp(request->response_code, "I0") == 0;

	if (rejected && happens(rng, UNLISTED_SHARE))
		request->response_code = "E97";
	else if (success && is_srv(request, "8.11") &&
			 happens(rng, ALERT_CODE_SHARE))
	{
		request->response_code = "N24";
		request->payload_ok = "";
		request->spelling = LOWER_CASE;
	}
}

static void
vary_request(Rng *rng, Request *request, int64_t extract_ms)
{
	int			total;

	retrieve(rng, request);
	follow_schedule(rng, request, extract_ms);
	total = count_instructions(request);
	if (total > 0 && !(is_srv(request, "6.23") &&
					   happens(rng, DSP_HELD_SHARE)))
		accept_command(rng, request, total);
	if (request->total > 0)
		end_execution(rng, request);
	set_payload(rng, request);
	vary_code(rng, request);
	hide_future(request, extract_ms);
	hide_future_execution(request, extract_ms);
	if (request->command_variant == SEND_TO_DEVICE &&
		happens(rng, VARIANT_9_SHARE))
		request->command_variant = VARIANT_9;
}

typedef enum CopyKind
{
	SAME_ROW,
	LATER_RESPONSE,
	FIRST_WITHOUT_RESPONSE,
	OTHER_CASE,
	COPY_KIND_COUNT
} CopyKind;

static int64_t
next_month_ms(int64_t time_ms)
{
	int			year;
	int			month;
	int			day;

	split_day(time_ms / DAY_MS, &year, &month, &day);
	return join_day(year + month / 12, month % 12 + 1, 1) * DAY_MS;
}

static void
delay(Request *request, int64_t delay_ms)
{
	request->sent_ms += delay_ms;
	if (request->acknowledged_ms != NEVER)
		request->acknowledged_ms += delay_ms;
	if (request->response_ms != NEVER)
		request->response_ms += delay_ms;
}

/*
 * Makes a copy of a few rows, and takes the response from some of these.
 * Returns false if it made none.
 */
static bool
repeat_row(Rng *rng, Request *request, Request *copy, int64_t extract_ms)
{
	int64_t		month_ms = next_month_ms(request->sent_ms);
	bool		month_ends = request->sent_ms >= month_ms - HOUR_MS;
	CopyKind	kind = (CopyKind) (next_uniform(rng) * COPY_KIND_COUNT);

	if (!happens(rng, month_ends ? COPIED_AT_MONTH_END_SHARE : COPIED_SHARE))
		return false;
	*copy = *request;
	if (month_ends)
		delay(copy, month_ms - request->sent_ms +
			  (int64_t) (next_uniform(rng) * HOUR_MS));
	else if (kind == OTHER_CASE)
	{
		copy->spelling = copy->spelling == UPPER_CASE ? LOWER_CASE :
			UPPER_CASE;
		delay(copy, (int64_t) (next_uniform(rng) * MINUTE_MS));
	}
	else if (kind == LATER_RESPONSE && copy->response_ms != NEVER)
		copy->response_ms += (int64_t) (next_uniform(rng) * MINUTE_MS) + 1;
	else if (kind == FIRST_WITHOUT_RESPONSE)
	{
		request->response_ms = NEVER;
		request->response_code = "";
		request->payload_ok = "";
		request->executed_ms = NEVER;
		hide_future_execution(request, extract_ms);
	}
	hide_future(copy, extract_ms);
	return copy->sent_ms < extract_ms;
}

/* ----------------------------------------------------------------
 * CSV
 * ----------------------------------------------------------------
 */
#define BUFFER_SIZE		(1 << 16)
#define ROW_SIZE_MAX	1024

static char buffer[BUFFER_SIZE];
static int	buffered;

static void
flush_buffer(void)
{
	if (fwrite(buffer, 1, (size_t) buffered, stdout) != (size_t) buffered ||
		fflush(stdout) != 0)
	{
		perror("audit_table: error: could not write");
		exit(EXIT_FAILURE);
	}
	buffered = 0;
}

static void
put_char(char c)
{
	buffer[buffered++] = c;
}

/* No text here needs quoting; an empty one is NULL. */
static void
put_text(const char *text)
{
	while (*text != '\0')
		buffer[buffered++] = *text++;
}

/* With leading zeros, at the given width. */
static void
put_padded(uint64_t number, int width)
{
	int			i;

	for (i = width - 1; i >= 0; i--)
	{
		buffer[buffered + i] = (char) ('0' + number % 10);
		number /= 10;
	}
	buffered += width;
}

static void
put_number(uint64_t number)
{
	int			width = 1;
	uint64_t	rest;

	for (rest = number; rest >= 10; rest /= 10)
		width++;
	put_padded(number, width);
}

/* 02-B3-D5-1F-30-00-00-00 */
static void
put_eui64(uint64_t eui64, Spelling spelling)
{
	const char *digits = eui64_digits[spelling];
	int			shift;

	for (shift = 56; shift >= 0; shift -= 8)
	{
		put_char(digits[eui64 >> (shift + 4) & 15]);
		put_char(digits[eui64 >> shift & 15]);
		if (shift > 0)
			put_char('-');
	}
}

/* 2026-10-14 09:30:00.125+00 */
static void
put_timestamp(int64_t time_ms)
{
	int64_t		rest = time_ms % DAY_MS;
	int			year;
	int			month;
	int			day;

	if (time_ms == NEVER)
		return;
	split_day(time_ms / DAY_MS, &year, &month, &day);
	put_padded((uint64_t) year, 4);
	put_char('-');
	put_padded((uint64_t) month, 2);
	put_char('-');
	put_padded((uint64_t) day, 2);
	put_char(' ');
	put_padded((uint64_t) (rest / HOUR_MS), 2);
	put_char(':');
	put_padded((uint64_t) (rest / MINUTE_MS % 60), 2);
	put_char(':');
	put_padded((uint64_t) (rest / SECOND_MS % 60), 2);
	put_char('.');
	put_padded((uint64_t) (rest % SECOND_MS), 3);
	put_text("+00");
}

/* Originator, target, counter: who sends what to whom, and which one it is. */
static void
put_request_id(const Request *request)
{
	if (request->counter == 0)
		return;
	put_eui64(request->user->eui64, request->spelling);
	put_char(':');
	put_eui64(request->command_variant == DCC_ONLY ? DCC_EUI64 :
			  request->device.eui64, request->spelling);
	put_char(':');
	put_number(request->counter);
}

static void
put_device(const Request *request)
{
	const Device *device = &request->device;
	bool		many = is_srv(request, "11.1"); /* Devices of a model */

	if (device->kind != NO_DEVICE && !many)
		put_eui64(device->eui64, request->user->party->eui64_spelling);
	put_char(',');
	put_text(kind_names[device->kind]);
	put_char(',');
	put_text(device->kind == NO_DEVICE ? "" : device->model->maker);
	put_char(',');
	put_text(device->kind == NO_DEVICE ? "" : device->model->name);
	put_char(',');
	put_text(device->kind == NO_DEVICE ? "" : device->firmware->version);
	put_char(',');
	put_text(request->generation);
	put_char(',');
	put_text(device->region == NULL || many ? "" : device->region->name);
}

#define ROW_HEADER \
	"sr_id,supplier_code,user_eui64,user_role_code,srv_code,cmd_variant," \
	"run_mode,body_variant,process_hint,device_guid,device_kind,maker," \
	"model_no,fw,generation_code,csp_region,orchestrated_by,sent_at,ack_at," \
	"execute_at,response_at,delivered_all_at,result_code,payload_ok," \
	"exec_reported_at,exec_ok,exec_done,exec_total,withdrawn_at\n"

static void
put_row(const Request *request)
{
	const User *user = request->user;

	if (buffered > BUFFER_SIZE - ROW_SIZE_MAX)
		flush_buffer();
	put_request_id(request);
	put_char(',');
	put_text(user->party->code);
	put_char(',');
	put_eui64(user->eui64, user->party->eui64_spelling);
	put_char(',');
	put_text(user->role->code);
	put_char(',');
	put_text(request->srv);
	put_char(',');
	put_number((uint64_t) request->command_variant);
	put_char(',');
	put_text(request->mode_name);
	put_char(',');
	put_text(request->qualifier);
	put_char(',');
	put_text(request->process);
	put_char(',');
	put_device(request);
	put_char(',');
	put_text(request->orchestration->name);
	put_char(',');
	put_timestamp(request->sent_ms);
	put_char(',');
	put_timestamp(request->acknowledged_ms);
	put_char(',');
	put_timestamp(request->execution_ms);
	put_char(',');
	put_timestamp(request->response_ms);
	put_char(',');
	put_timestamp(request->delivered_ms);
	put_char(',');
	put_text(request->response_code);
	put_char(',');
	put_text(request->payload_ok);
	put_char(',');
	put_timestamp(request->executed_ms);
	put_char(',');
	put_text(request->executed_ok);
	put_char(',');
	if (request->total > 0)
		put_number((uint64_t) request->done);
	put_char(',');
	if (request->total > 0)
		put_number((uint64_t) request->total);
	put_char(',');
	put_timestamp(request->cancelled_ms);
	put_char('\n');
}

static void
put_participants(void)
{
	int			p;

	put_text("code,name,category,supplier_group\n");
	for (p = 0; p < lengthof(parties); p++)
	{
		put_text(parties[p].code);
		put_char(',');
		put_text(parties[p].name);
		put_char(',');
		put_text(parties[p].category);
		put_char(',');
		put_text(parties[p].supplier_group);
		put_char('\n');
	}
}

/* ----------------------------------------------------------------
 * Months
 * ----------------------------------------------------------------
 */

/*
 * Plants what this row shall have, and writes it.  If the row before it has a
 * copy, writes that instead, so that there are as many rows as asked for.
 */
static void
put_varied_row(Request request, int64_t extract_ms)
{
	static bool copy_waits = false;
	static Request copy;
	Rng			rng;

	request.counter = ++request.user->counter;
	if (copy_waits)
	{
		put_row(&copy);
		copy_waits = false;
		return;
	}
	rng = row_rng(&request);
	vary_request(&rng, &request, extract_ms);
	copy_waits = repeat_row(&rng, &request, &copy, extract_ms);
	put_row(&request);
}

/*
 * One request: a row, or two for a critical one, which is sent back signed
 * once the DCC has transformed it.  Returns the number of rows.
 */
static uint64_t
put_request(Rng *rng, const Picker *hour_picker, int64_t sent_ms,
			int64_t extract_ms, uint64_t rows_wanted)
{
	Request		request = begin_request(rng, hour_picker, sent_ms);
	bool		local = false;

	if (request.workload->rhythm == FIELD && request.mode == ON_DEMAND)
		local = happens(rng, LOCAL_SHARE);
	if (request.mode == NON_DEVICE)
		request.command_variant = DCC_ONLY;
	else if (request.workload->critical)
		request.command_variant = TRANSFORM_CRITICAL;
	else
		request.command_variant = local ? RETURN_FOR_LOCAL : SEND_TO_DEVICE;
	end_request(rng, &request, extract_ms);
	put_varied_row(request, extract_ms);

	if (request.command_variant != TRANSFORM_CRITICAL ||
		strcmp(request.response_code, "I0") != 0)
		return 1;
	request.sent_ms = request.response_ms +
		(int64_t) (next_lognormal(rng, 5.0, 0.8) * SECOND_MS);
	if (request.sent_ms >= extract_ms || rows_wanted < 2)
		return 1;
	request.command_variant = local ? RETURN_SIGNED_FOR_LOCAL : SEND_SIGNED;
	end_request(rng, &request, extract_ms);
	put_varied_row(request, extract_ms);
	return 2;
}

static const Picker *
hour_picker_of(int64_t hour_ms)
{
	return &hour_pickers[is_weekend(hour_ms / DAY_MS)]
		[hour_ms / HOUR_MS % 24];
}

/*
 * Gives each hour its share of the rows, spread evenly over it.
 */
static void
put_rows(Rng *rng, uint64_t rows, int64_t from_ms, int64_t extract_ms)
{
	double		all_weight = 0.0;
	double		weight = 0.0;
	uint64_t	written = 0;
	int64_t		hour_ms;

	for (hour_ms = from_ms; hour_ms < extract_ms; hour_ms += HOUR_MS)
		all_weight += picker_total(hour_picker_of(hour_ms));

	put_text(ROW_HEADER);
	for (hour_ms = from_ms; hour_ms < extract_ms; hour_ms += HOUR_MS)
	{
		const Picker *hour_picker = hour_picker_of(hour_ms);
		uint64_t	before = written;
		uint64_t	after;

		weight += picker_total(hour_picker);
		after = (uint64_t) (weight / all_weight * (double) rows + 0.5);
		while (written < after)
		{
			double		place = (double) (written - before);
			int64_t		sent_ms;

			place = (place + next_uniform(rng)) / (double) (after - before);
			sent_ms = hour_ms + (int64_t) (place * HOUR_MS);
			written += put_request(rng, hour_picker, sent_ms, extract_ms,
								   rows - written);
		}
	}
}

/* ----------------------------------------------------------------
 * Command line
 * ----------------------------------------------------------------
 */
#define ROWS_MAX		UINT64_C(1000000000000)
#define MONTHS_MAX		120

typedef struct Options
{
	uint64_t	rows;
	uint64_t	seed;
	int			year;
	int			month;
	int			months;
	bool		participants;
} Options;

static const Options default_options = {
	.rows = 1000000,
	.seed = 1,
	.year = 2026,
	.month = 10,
	.months = 1,
};

static void
print_help(void)
{
	printf("audit_table writes a generated audit table of Service Requests, "
		   "as CSV.\n"
		   "\n"
		   "Usage:\n"
		   "  audit_table [OPTION]...\n"
		   "\n"
		   "Options:\n"
		   "  --rows N          number of rows (default 1000000)\n"
		   "  --seed S          another number: other requests (default 1)\n"
		   "  --month YYYY-MM   first month (default 2026-10)\n"
		   "  --months K        number of months (default 1)\n"
		   "  --participants    write the Parties instead\n"
		   "  --help            show this help, then exit\n");
}

static void
fail_option(const char *option, const char *text, const char *expected)
{
	fprintf(stderr, "audit_table: error: invalid value \"%s\" for %s\n"
			"audit_table: hint: It must be %s.\n", text, option, expected);
	exit(EXIT_FAILURE);
}

/* Decimal digits and nothing else.  False if not, or if too large. */
static bool
parse_digits(const char *text, size_t length, uint64_t *number)
{
	size_t		i;

	*number = 0;
	for (i = 0; i < length; i++)
	{
		uint64_t	digit = (uint64_t) (text[i] - '0');

		if (text[i] < '0' || text[i] > '9' ||
			*number > (UINT64_MAX - digit) / 10)
			return false;
		*number = *number * 10 + digit;
	}
	return length > 0;
}

static uint64_t
parse_number(const char *option, const char *text, uint64_t min, uint64_t max,
			 const char *expected)
{
	uint64_t	number;

	if (!parse_digits(text, strlen(text), &number) ||
		number < min || number > max)
		fail_option(option, text, expected);
	return number;
}

static void
parse_month(const char *option, const char *text, Options *options)
{
	uint64_t	year;
	uint64_t	month;

	if (strlen(text) != 7 || text[4] != '-' ||
		!parse_digits(text, 4, &year) || !parse_digits(text + 5, 2, &month) ||
		year < 2000 || year > 2099 || month < 1 || month > 12)
		fail_option(option, text, "a month from 2000-01 to 2099-12");
	options->year = (int) year;
	options->month = (int) month;
}

static Options
parse_options(int argc, char **argv)
{
	Options		options = default_options;
	int			i;

	for (i = 1; i < argc; i++)
	{
		const char *option = argv[i];
		const char *value = i + 1 < argc ? argv[i + 1] : NULL;

		if (strcmp(option, "--help") == 0)
		{
			print_help();
			exit(EXIT_SUCCESS);
		}
		if (strcmp(option, "--participants") == 0)
		{
			options.participants = true;
			continue;
		}
		if (strcmp(option, "--rows") != 0 && strcmp(option, "--seed") != 0 &&
			strcmp(option, "--month") != 0 && strcmp(option, "--months") != 0)
		{
			fprintf(stderr, "audit_table: error: unknown option \"%s\"\n"
					"audit_table: hint: Try \"audit_table --help\".\n",
					option);
			exit(EXIT_FAILURE);
		}
		if (value == NULL)
		{
			fprintf(stderr, "audit_table: error: %s needs a value\n", option);
			exit(EXIT_FAILURE);
		}
		i++;
		if (strcmp(option, "--rows") == 0)
			options.rows = parse_number(option, value, 1, ROWS_MAX,
										"a number from 1 to 10^12");
		else if (strcmp(option, "--seed") == 0)
			options.seed = parse_number(option, value, 0, UINT64_MAX,
										"a number from 0 to 2^64 - 1");
		else if (strcmp(option, "--month") == 0)
			parse_month(option, value, &options);
		else
			options.months = (int) parse_number(option, value, 1, MONTHS_MAX,
												"a number from 1 to 120");
	}
	return options;
}

int
main(int argc, char **argv)
{
	Options		options = parse_options(argc, argv);
	int			end_month = options.month - 1 + options.months;
	int64_t		from_ms = join_day(options.year, options.month, 1) * DAY_MS;
	int64_t		extract_ms = join_day(options.year + end_month / 12,
									  end_month % 12 + 1, 1) * DAY_MS;
	Rng			rng = {options.seed};

	/* another month, other requests */
	rng.state = next_u64(&rng) ^ (uint64_t) from_ms;

	if (options.participants)
		put_participants();
	else
	{
		init_users(from_ms);
		init_parties();
		init_devices();
		init_workloads();
		init_endings();
		put_rows(&rng, options.rows, from_ms, extract_ms);
	}
	flush_buffer();
	return EXIT_SUCCESS;
}
