/*-------------------------------------------------------------------------
 *
 * request.h
 *	  When a request started, when it was answered, with which class and outcome.
 *
 *-------------------------------------------------------------------------
 */
#ifndef REQUEST_H
#define REQUEST_H

#include "core/rollup_kind.h"

/* A class of a response, or this: the response has no code, or there is none. */
#define RESPONSE_UNKNOWN		(-1)

/* A row of the table of Service Reference Variants. */
typedef struct SrvRow
{
	bool		builtin;		/* shipped: a user's row takes precedence */
	bool		by_delivery;	/* a delivery answers its requests */
	bool		by_dsp;			/* holds its future-dated commands alone */
	bool		by_device;
} SrvRow;

/* What an audit row says about a request. */
typedef struct Request
{
	SrvRow		srv;
	TargetMode	mode;
	bool		delivery_known; /* the source has this column */
	bool		execution_known;
	int64_t		command_variant;	/* 0: not known */
	int			coded_class;	/* of the code, or RESPONSE_UNKNOWN */
	bool		code_answers;	/* response_is_answer(), or there is no code */
	bool		message_failed;
	bool		execution_failed;
	bool		executed_in_part;
	TargetTime	requested;
	TargetTime	responded;
	TargetTime	due;
	TargetTime	delivered;
	TargetTime	executed;
	TargetTime	cancelled;
} Request;

/* What follows from it. */
typedef struct RequestTimes
{
	TargetTime	started;
	TargetTime	answered;
	int			class;			/* or RESPONSE_UNKNOWN */
	int			response_class; /* of the response itself */
	TargetTime	response;		/* when it came, if it is an answer */
	TargetTime	ended;			/* the execution */
} RequestTimes;

/*
 * A future-dated or scheduled request starts at its execution time.  If it was
 * refused (rejected or failed) before that time, it starts when it was sent.
 *
 * A response to a future-dated request before its execution time, if it is not
 * a refusal, says that the Device has accepted the command; if the DSP alone
 * holds commands of the SRV, one of the times is wrong.  The answer is the end
 * of the execution.  If the source has no column executed_at, the start is not
 * known, and the request not measured.  A late acceptance looks like an answer,
 * unless there is this column and only the Device can have executed the command.
 *
 * If the mode is unknown and there is an execution time, the start is not known.
 *
 * A request that is answered by a delivery is answered when it was delivered,
 * unless it was refused; its execution is ignored.  If the source has no column
 * delivered_at, its start is not known, so it is not measured, and the response
 * answers it.
 */
extern RequestTimes request_times(const Request *request);

/* ROLLUP_PRE_COMMAND and so on, or -1: as its target says (target_outcome()). */
extern int	request_outcome_apart(const Request *request, int class);

/* The name of an outcome. */
extern const char *request_outcome_name(int outcome);

#endif							/* REQUEST_H */
