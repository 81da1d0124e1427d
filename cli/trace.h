/* SPDX-License-Identifier: Apache-2.0 */
/* trace.h - the whole way of a listing, from the report of ak_ledger_verify() alone: as text, and as a picture
 *
 * First the verdict, then time as bars (registrations and audit periods, with what lies between them named in days), then every
 * record in order of the day it speaks of, then what the verdict says besides.
 */
#ifndef AK_CLI_TRACE_H
#define AK_CLI_TRACE_H

#include "out.h"
#include "svg.h"

void ak_trace_print(const ak_cli *c, const json_t *report);
ak_svg_draw_fn ak_trace_draw; /* `what`: the report */

/* ---- what both are made of (trace_model.c) --------------------------------------------------------------------- */

typedef enum ak_trace_lane { AK_LANE_TERM, AK_LANE_PERIOD } ak_trace_lane;

/* A stretch of time: a registration or an audit period, or what lies between two of them. */
typedef struct ak_trace_bar {
	ak_trace_lane lane;
	bool gap;            /* between two; then there is no record      */
	bool bad;            /* a gap that nothing bridges                */
	bool open;           /* no last day is known                      */
	int64_t first, last; /* days since 1970-01-01, both included      */
	uint64_t record;
	char text[256];      /* dates, or what the gap is                 */
} ak_trace_bar;

typedef struct ak_trace_model {
	int64_t first, last;    /* of the picture: whole years            */
	int first_year, years;
	int64_t as_of;
	ak_trace_bar *bar;      /* owned; registrations, then periods      */
	size_t n_bars, cap_bars;
	char unbroken[128];     /* what all audit periods together are, or "" */
} ak_trace_model;

/* False without memory.  A report without a history gives no bars. */
bool ak_trace_make(const ak_cli *c, const json_t *report, ak_trace_model *out);
void ak_trace_drop(ak_trace_model *m);

/* First day of a stored date, whatever its precision; false for what is none. */
bool ak_trace_day(const char *stored, int64_t *day);
int64_t ak_trace_new_year(int year); /* the day number of January 1st */

/* The words of one record of the history. */
enum { AK_TRACE_TEXT = 512 };
const char *ak_trace_label(const ak_cli *c, const json_t *event, char out[AK_TRACE_TEXT]);
const char *ak_trace_said(const ak_cli *c, const json_t *event, char out[AK_TRACE_TEXT]);
const char *ak_trace_mark(const json_t *event); /* "✓", "✗" or "?" */
bool ak_trace_void(const json_t *event);        /* sealed, but without effect */

#endif
