/* SPDX-License-Identifier: Apache-2.0 */
/* iCalendar, RFC 5545: 3.1 (lines end with CRLF and are folded at 75 octets, never within a character), 3.3.11 (text is escaped),
 * 3.6.1 (events of whole days: DTSTART and DTEND are dates, the end is the day behind). */
#include "calendar.h"

#include "findings.h"
#include "js.h"
#include "out.h"

#include <string.h>

enum { FOLD = 75 };

typedef struct folder {
	FILE *f;
	size_t used; /* octets of the physical line */
} folder;

/* One character, whole: its line ends before it if it would not fit. */
static void put_char(folder *o, const char *p, size_t n)
{
	if (o->used + n > FOLD) {
		(void)fputs("\r\n ", o->f);
		o->used = 1;
	}
	(void)fwrite(p, 1, n, o->f);
	o->used += n;
}

static size_t char_len(const char *p)
{
	const char *next = p + 1;

	while (((unsigned char)*next & 0xC0) == 0x80 && next < p + 4)
		next++;
	return (size_t)(next - p);
}

static void put_raw(folder *o, const char *text)
{
	for (size_t n; *text != '\0'; text += n) {
		n = char_len(text);
		put_char(o, text, n);
	}
}

static void put_text(folder *o, const char *text)
{
	for (size_t n; *text != '\0'; text += n) {
		n = char_len(text);
		if (*text == '\\' || *text == ';' || *text == ',') {
			char pair[2] = { '\\', *text };

			put_char(o, pair, 2);
		} else if (*text == '\n') {
			put_char(o, "\\n", 2);
		} else if ((unsigned char)*text >= 0x20 && *text != 0x7f) {
			put_char(o, text, n);
		}
	}
}

static void end(folder *o)
{
	(void)fputs("\r\n", o->f);
	o->used = 0;
}

static void line(folder *o, const char *name, const char *value)
{
	put_raw(o, name);
	put_raw(o, value);
	end(o);
}

/* "20270731" of "2027-07-31", "20270731T010203Z" of an instant. */
static const char *packed(const char *stored, char out[32])
{
	size_t n = 0;

	for (; *stored != '\0' && n < 31; stored++) {
		if (*stored != '-' && *stored != ':')
			out[n++] = *stored;
	}
	out[n] = '\0';
	return out;
}

static void put_summary(folder *o, const ak_cli *c, const json_t *item)
{
	const char *text = ak_js_lang(item, "text", c->ja);

	put_raw(o, "SUMMARY:");
	put_text(o, ak_calendar_label(c, item));
	put_text(o, " ");
	put_text(o, ak_js_str(item, strcmp(ak_js_str(item, "kind"), "auditor-ends") == 0 ? "provider" : "subject"));
	if (*text != '\0') {
		put_text(o, c->ja ? "（" : " (");
		put_text(o, text);
		put_text(o, c->ja ? "）" : ")");
	}
	end(o);
}

static void put_description(folder *o, const ak_cli *c, const json_t *item, const json_t *calendar)
{
	static const char *const said[] = { "service", "provider", "rule" };
	char number[64], basis[AK_BASIS_ROOM];

	put_raw(o, "DESCRIPTION:");
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		const char *text = ak_js_str(item, said[i]);

		if (*text == '\0')
			continue;
		put_text(o, text);
		put_text(o, "\n");
	}
	if (ak_js_has(item, "basis")) {
		put_text(o, ak_finding_basis_words(c, item, basis, sizeof(basis)));
		put_text(o, "\n");
	}
	(void)snprintf(number, sizeof(number), " #%llu\n", (unsigned long long)ak_js_num(item, "record"));
	put_text(o, ak_js_str(calendar, "origin"));
	put_text(o, number);
	put_text(o, ak_msg_text(MSG_CALENDAR_NOTICE, c->ja));
	end(o);
}

static void put_event(folder *o, const ak_cli *c, const json_t *item, const json_t *calendar, const char *stamp)
{
	char day[32];

	line(o, "BEGIN:", "VEVENT");
	put_raw(o, "UID:");
	put_text(o, ak_js_str(item, "uid"));
	end(o);
	line(o, "DTSTAMP:", stamp);
	line(o, "DTSTART;VALUE=DATE:", packed(ak_js_str(item, "first"), day));
	if (ak_js_has(item, "after"))
		line(o, "DTEND;VALUE=DATE:", packed(ak_js_str(item, "after"), day));
	put_summary(o, c, item);
	put_description(o, c, item, calendar);
	line(o, "CATEGORIES:", ak_js_str(item, "kind"));
	line(o, "TRANSP:", "TRANSPARENT");
	line(o, "END:", "VEVENT");
}

void ak_calendar_ics(FILE *f, const ak_cli *c, const void *what)
{
	const json_t *calendar = what, *item;
	folder o = { f, 0 };
	char stamp[32];
	size_t i;

	(void)packed(ak_js_str(calendar, "head_time"), stamp);
	line(&o, "BEGIN:", "VCALENDAR");
	line(&o, "VERSION:", "2.0");
	line(&o, "PRODID:", c->ja ? "-//akashi//akashi//JA" : "-//akashi//akashi//EN");
	line(&o, "CALSCALE:", "GREGORIAN");
	json_array_foreach(json_object_get(calendar, "items"), i, item)
		put_event(&o, c, item, calendar, stamp);
	line(&o, "END:", "VCALENDAR");
}
