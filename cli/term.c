/* SPDX-License-Identifier: Apache-2.0 */
#include "term.h"

#include <string.h>

typedef struct range {
	uint32_t first, last;
} range;

/* East Asian Width W and F (UAX #11), in blocks: unassigned places inside a wide block count as wide. */
static const range wide[] = {
	{ 0x1100, 0x115f },   { 0x231a, 0x231b },   { 0x2329, 0x232a },   { 0x23e9, 0x23ec },   { 0x23f0, 0x23f0 },
	{ 0x23f3, 0x23f3 },   { 0x25fd, 0x25fe },   { 0x2614, 0x2615 },   { 0x2648, 0x2653 },   { 0x267f, 0x267f },
	{ 0x2693, 0x2693 },   { 0x26a1, 0x26a1 },   { 0x26aa, 0x26ab },   { 0x26bd, 0x26be },   { 0x26c4, 0x26c5 },
	{ 0x26ce, 0x26ce },   { 0x26d4, 0x26d4 },   { 0x26ea, 0x26ea },   { 0x26f2, 0x26f3 },   { 0x26f5, 0x26f5 },
	{ 0x26fa, 0x26fa },   { 0x26fd, 0x26fd },   { 0x2705, 0x2705 },   { 0x270a, 0x270b },   { 0x2728, 0x2728 },
	{ 0x274c, 0x274c },   { 0x274e, 0x274e },   { 0x2753, 0x2755 },   { 0x2757, 0x2757 },   { 0x2795, 0x2797 },
	{ 0x27b0, 0x27b0 },   { 0x27bf, 0x27bf },   { 0x2b1b, 0x2b1c },   { 0x2b50, 0x2b50 },   { 0x2b55, 0x2b55 },
	{ 0x2e80, 0x303e },   { 0x3041, 0x4dbf },   { 0x4e00, 0xa4cf },   { 0xa960, 0xa97f },   { 0xac00, 0xd7a3 },
	{ 0xf900, 0xfaff },   { 0xfe10, 0xfe19 },   { 0xfe30, 0xfe6f },   { 0xff01, 0xff60 },   { 0xffe0, 0xffe6 },
	{ 0x16fe0, 0x18cff }, { 0x1aff0, 0x1b2ff }, { 0x1f004, 0x1f004 }, { 0x1f0cf, 0x1f0cf }, { 0x1f18e, 0x1f18e },
	{ 0x1f191, 0x1f19a }, { 0x1f200, 0x1f320 }, { 0x1f32d, 0x1f335 }, { 0x1f337, 0x1f37c }, { 0x1f37e, 0x1f393 },
	{ 0x1f3a0, 0x1f3ca }, { 0x1f3cf, 0x1f3d3 }, { 0x1f3e0, 0x1f3f0 }, { 0x1f3f4, 0x1f3f4 }, { 0x1f3f8, 0x1f43e },
	{ 0x1f440, 0x1f440 }, { 0x1f442, 0x1f4fc }, { 0x1f4ff, 0x1f53d }, { 0x1f54b, 0x1f567 }, { 0x1f5fb, 0x1f64f },
	{ 0x1f680, 0x1f6c5 }, { 0x1f6cc, 0x1f6cc }, { 0x1f6d0, 0x1f6d2 }, { 0x1f6d5, 0x1f6df }, { 0x1f6eb, 0x1f6ec },
	{ 0x1f6f4, 0x1f6fc }, { 0x1f7e0, 0x1f7f0 }, { 0x1f90c, 0x1f9ff }, { 0x1fa70, 0x1faff }, { 0x20000, 0x3fffd },
};

/* Drawn upon the character before: combining marks, joiners, variation selectors (Japanese names need those). */
static const range none[] = {
	{ 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x0591, 0x05bd }, { 0x0610, 0x061a }, { 0x064b, 0x065f },
	{ 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x200c, 0x200d }, { 0x20d0, 0x20f0 }, { 0x302a, 0x302d },
	{ 0x3099, 0x309a }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f }, { 0xe0100, 0xe01ef },
};

/* What must not reach a terminal as it is: controls, what turns the direction of writing, what cannot be seen. */
static const range hidden[] = {
	{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x00ad, 0x00ad }, { 0x061c, 0x061c }, { 0x115f, 0x1160 },
	{ 0x180e, 0x180e }, { 0x200b, 0x200b }, { 0x200e, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f },
	{ 0x3164, 0x3164 }, { 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 }, { 0xfff9, 0xfffb }, { 0xe0000, 0xe007f },
};

static bool within(const range *r, size_t n, uint32_t cp)
{
	for (size_t i = 0; i < n; i++) {
		if (cp >= r[i].first && cp <= r[i].last)
			return true;
	}
	return false;
}

#define WITHIN(table, cp) within(table, sizeof(table) / sizeof((table)[0]), cp)

/* 0, 1 or 2 */
static int cells_of(uint32_t cp)
{
	if (cp >= 0x20 && cp < 0x7f)
		return 1;
	if (WITHIN(none, cp))
		return 0;
	return WITHIN(wide, cp) ? 2 : 1;
}

/* One character of UTF-8.  Returns its bytes, or 0 when what stands here is none. */
static size_t decode(const unsigned char *s, uint32_t *cp)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = s[0] < 0x80 ? 1 : (s[0] & 0xe0) == 0xc0 ? 2 : (s[0] & 0xf0) == 0xe0 ? 3 : (s[0] & 0xf8) == 0xf0 ? 4 : 0;
	uint32_t v;

	if (n == 0)
		return 0;
	v = n == 1 ? s[0] : s[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80) /* also the NUL at the end */
			return 0;
		v = v << 6 | (s[i] & 0x3fu);
	}
	if (v < least[n] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
		return 0;
	*cp = v;
	return n;
}

typedef struct glyph {
	const char *from; /* what to write: into the text, or into `made` */
	size_t len, taken, cells;
	uint32_t cp;      /* 0 when the bytes are made visible */
	char made[16];
} glyph;

static void next_glyph(const char *text, glyph *g)
{
	const unsigned char *s = (const unsigned char *)text;
	uint32_t cp = 0;
	size_t n = decode(s, &cp);

	g->cp = 0;
	g->from = g->made;
	if (n == 0) {
		g->taken = 1;
		(void)snprintf(g->made, sizeof(g->made), "<0x%02X>", s[0]);
	} else if (WITHIN(hidden, cp)) {
		g->taken = n;
		(void)snprintf(g->made, sizeof(g->made), "<U+%04X>", (unsigned)cp);
	} else {
		g->taken = g->len = n;
		g->from = text;
		g->cp = cp;
		g->cells = (size_t)cells_of(cp);
		return;
	}
	g->len = g->cells = strlen(g->made);
}

size_t ak_term_width(const char *text)
{
	size_t w = 0;
	glyph g;

	for (; *text != '\0'; text += g.taken) {
		next_glyph(text, &g);
		w += g.cells;
	}
	return w;
}

void ak_term_put(FILE *to, const char *text)
{
	glyph g;

	for (; *text != '\0'; text += g.taken) {
		next_glyph(text, &g);
		(void)fwrite(g.from, 1, g.len, to); /* main() looks at the stream */
	}
}

void ak_term_spaces(FILE *to, size_t n)
{
	for (size_t i = 0; i < n; i++)
		(void)fputc(' ', to);
}

void ak_term_pad(FILE *to, const char *text, size_t cells)
{
	size_t w = ak_term_width(text);

	ak_term_put(to, text);
	if (w < cells)
		ak_term_spaces(to, cells - w);
}

const char *ak_term_cut(const char *text, size_t cells, char *out, size_t room)
{
	static const char dots[] = "…";
	size_t used = 0, len = 0;
	glyph g;

	if (ak_term_width(text) <= cells || room <= sizeof(dots))
		return text;
	for (; *text != '\0'; text += g.taken) {
		next_glyph(text, &g);
		if (used + g.cells + 1 > cells || len + g.len + sizeof(dots) > room)
			break;
		memcpy(out + len, g.from, g.len);
		len += g.len;
		used += g.cells;
	}
	while (len > 0 && out[len - 1] == ' ')
		len--;
	memcpy(out + len, dots, sizeof(dots));
	return out;
}

const char *ak_term_fit(const char *text, char *out, size_t room)
{
	static const char dots[] = "…";
	size_t n = strlen(text);

	if (n < room) {
		memmove(out, text, n + 1);
		return out;
	}
	n = room - sizeof(dots);
	while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
		n--;
	memmove(out, text, n);
	memcpy(out + n, dots, sizeof(dots));
	return out;
}

/* Marks that may not begin a line (the commonest of Japanese typesetting). */
static bool clings(uint32_t cp)
{
	static const uint32_t marks[] = { 0x3001, 0x3002, 0xff0c, 0xff0e, 0x300d, 0x300f, 0xff09, 0x3011, 0x30fc,
	                                  0x3063, 0x30c3, 0x30fb, ')', ',', '.', ':', ';' };

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (marks[i] == cp)
			return true;
	}
	return false;
}

/* Brackets that may not end a line. */
static bool leans(uint32_t cp)
{
	return cp == 0xff08 || cp == 0x300c || cp == 0x300e || cp == 0x3010 || cp == 0x3014 || cp == '(';
}

/* A word of ours that is read as one: no line ends within it. */
static bool within_word(const char *text, size_t at)
{
	static const char *const words[] = { "根拠未確認", "登録番号", "基準日" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t n = strlen(words[i]);

		for (size_t back = 3; back < n && back <= at; back += 3) {
			if (strncmp(text + at - back, words[i], n) == 0)
				return true;
		}
	}
	return false;
}

/* How much of `text` fits into `room` cells, and how much to skip after it.  At least one character, so that there is an end. */
static size_t fitting(const char *text, size_t room, size_t *skip)
{
	size_t used = 0, at = 0, cut = 0;
	uint32_t before = 0;
	glyph g;

	*skip = 0;
	while (text[at] != '\0') {
		next_glyph(text + at, &g);
		if (g.cp == ' ') {
			cut = at;
			*skip = 1;
		} else if (at > 0 && before != ' ' && !leans(before) && !clings(g.cp) &&
		           (g.cells == 2 || (before != 0 && cells_of(before) == 2)) && !within_word(text, at)) {
			cut = at;
			*skip = 0;
		}
		if (used + g.cells > room)
			break;
		used += g.cells;
		at += g.taken;
		before = g.cp;
	}
	if (text[at] == '\0') {
		*skip = 0;
		return at;
	}
	if (cut > 0)
		return cut;
	/* One word longer than the line: whoever copies an id or an address wants it whole. */
	*skip = 0;
	do {
		at += g.taken;
		next_glyph(text + at, &g);
	} while (text[at] != '\0' && g.cp != ' ' && g.cells != 2);
	*skip = text[at] == ' ';
	return at;
}

void ak_term_wrap(FILE *to, const char *text, size_t indent, size_t cells)
{
	size_t room = cells > indent + 20 ? cells - indent : 20;

	while (*text != '\0') {
		size_t skip, n = fitting(text, room, &skip);
		glyph g;

		for (size_t i = 0; i < n; i += g.taken) {
			next_glyph(text + i, &g);
			(void)fwrite(g.from, 1, g.len, to);
		}
		text += n + skip;
		if (*text != '\0') {
			(void)fputc('\n', to);
			ak_term_spaces(to, indent);
		}
	}
}

const char *ak_term_command(const char *text)
{
	static const char *const programs[] = { "akashi ", "akashi-verify ", "chmod " };

	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		const size_t n = strlen(programs[i]);

		for (const char *at = strstr(text, programs[i]); at != NULL; at = strstr(at + n, programs[i])) {
			const bool stands = at == text || (at - text >= 2 && at[-1] == ' ' && at[-2] == ':');

			if (stands && ((at[n] >= 'a' && at[n] <= 'z') || (at[n] >= '0' && at[n] <= '9')))
				return at;
		}
	}
	return NULL;
}

/* "dddd-dd-dd" and the like: digits where the pattern has d, the same byte elsewhere. */
static bool shaped(const char *s, const char *pattern)
{
	for (; *pattern != '\0'; s++, pattern++) {
		if (*pattern == 'd' ? *s < '0' || *s > '9' : *s != *pattern)
			return false;
	}
	return *s == '\0';
}

static int two(const char *s)
{
	return (s[0] - '0') * 10 + (s[1] - '0');
}

static int days_in(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	if (month < 1 || month > 12)
		return 0;
	return month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : days[month - 1];
}

/* "…Z", nine hours on.  False when that is no day of the calendar. */
static bool in_japan(const char *s, bool seconds, char out[AK_TERM_DATE_MAX])
{
	int year = two(s) * 100 + two(s + 2), month = two(s + 5), day = two(s + 8), hour = two(s + 11) + 9;

	if (day < 1 || day > days_in(year, month) || hour > 32)
		return false;
	if (hour >= 24) {
		hour -= 24;
		day++;
	}
	if (day > days_in(year, month)) {
		day = 1;
		month++;
	}
	if (month > 12) {
		month = 1;
		year++;
	}
	(void)snprintf(out, AK_TERM_DATE_MAX, "%d年%d月%d日 %02d:%.*s JST", year, month, day, hour, seconds ? 5 : 2, s + 14);
	return true;
}

static const char *instant(bool ja, const char *s, char out[AK_TERM_DATE_MAX])
{
	const char *zone = strlen(s) == 20 ? "UTC" : s + 19;

	if (ja && strlen(s) == 20 && in_japan(s, false, out))
		return out;
	if (ja)
		(void)snprintf(out, AK_TERM_DATE_MAX, "%.4s年%d月%d日 %.5s %.8s", s, two(s + 5), two(s + 8), s + 11, zone);
	else
		(void)snprintf(out, AK_TERM_DATE_MAX, "%.10s %.5s %.8s", s, s + 11, zone);
	return out;
}

const char *ak_term_date(bool ja, const char *s, char out[AK_TERM_DATE_MAX])
{
	if (shaped(s, "dddd-dd-ddTdd:dd:ddZ") || shaped(s, "dddd-dd-ddTdd:dd:dd+dd:dd") || shaped(s, "dddd-dd-ddTdd:dd:dd-dd:dd"))
		return instant(ja, s, out);
	if (!ja)
		return s;
	if (shaped(s, "dddd"))
		(void)snprintf(out, AK_TERM_DATE_MAX, "%.4s年", s);
	else if (shaped(s, "dddd-dd"))
		(void)snprintf(out, AK_TERM_DATE_MAX, "%.4s年%d月", s, two(s + 5));
	else if (shaped(s, "dddd-dd-dd"))
		(void)snprintf(out, AK_TERM_DATE_MAX, "%.4s年%d月%d日", s, two(s + 5), two(s + 8));
	else
		return s;
	return out;
}

const char *ak_term_instant(bool ja, const char *s, char out[AK_TERM_DATE_MAX])
{
	if (!shaped(s, "dddd-dd-ddTdd:dd:ddZ"))
		return ak_term_date(ja, s, out);
	if (!ja || !in_japan(s, true, out))
		(void)snprintf(out, AK_TERM_DATE_MAX, "%.10s %.8s UTC", s, s + 11);
	return out;
}

const char *ak_term_day(bool ja, const char *s, char out[AK_TERM_DATE_MAX])
{
	const char *said = ak_term_date(ja, s, out);

	if (said == out)
		out[strcspn(out, " ")] = '\0';
	return said;
}

static bool is_digit(char ch)
{
	return ch >= '0' && ch <= '9';
}

/* A whole day, not a part of a longer number or name. */
static bool day_at(const char *text, size_t at)
{
	char day[11];

	(void)snprintf(day, sizeof(day), "%.10s", text + at);
	if (!shaped(day, "dddd-dd-dd") || is_digit(text[at + 10]) || text[at + 10] == 'T' || text[at + 10] == '-')
		return false;
	return at == 0 || (!is_digit(text[at - 1]) && text[at - 1] != '-');
}

const char *ak_term_dates(bool ja, const char *text, char *out, size_t room)
{
	size_t used = 0;

	if (!ja || room < AK_TERM_DATE_MAX)
		return text;
	for (size_t at = 0; text[at] != '\0' && used + AK_TERM_DATE_MAX < room;) {
		if (day_at(text, at)) {
			char day[11], shown[AK_TERM_DATE_MAX];

			(void)snprintf(day, sizeof(day), "%.10s", text + at);
			used += (size_t)snprintf(out + used, room - used, "%s", ak_term_date(true, day, shown));
			at += 10;
		} else {
			out[used++] = text[at++];
		}
	}
	out[used] = '\0';
	return out;
}

/* ASCII for a full-width form (U+FF01 to U+FF5E), a space or a dash of three bytes; 0 for what is none. */
static char ascii_of(const unsigned char *s)
{
	static const char *const dash[] = { "\xe2\x80\x90", "\xe2\x80\x91", "\xe2\x80\x92", "\xe2\x80\x93", "\xe2\x80\x94", "\xe2\x80\x95",
	                                    "\xe2\x88\x92", "\xe3\x83\xbc", "\xef\xbd\xb0" };

	if (s[0] == 0xef && s[1] == 0xbc && s[2] >= 0x81 && s[2] <= 0xbf)
		return (char)(s[2] - 0x81 + '!');
	if (s[0] == 0xef && s[1] == 0xbd && s[2] >= 0x80 && s[2] <= 0x9e)
		return (char)(s[2] - 0x80 + '`');
	if (strncmp((const char *)s, "\xe3\x80\x80", 3) == 0)
		return ' ';
	for (size_t i = 0; i < sizeof(dash) / sizeof(dash[0]); i++) {
		if (strncmp((const char *)s, dash[i], 3) == 0)
			return '-';
	}
	return '\0';
}

const char *ak_term_half_width(const char *text, char *out, size_t room)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t n = 0, changed = 0;

	while (*s != '\0' && n + 1 < room) {
		const char c = *s < 0x80 ? (char)*s : ascii_of(s);

		if (c == '\0')
			return NULL;
		changed += *s >= 0x80;
		s += *s < 0x80 ? 1 : 3;
		out[n++] = c;
	}
	if (*s != '\0' || changed == 0)
		return NULL;
	out[n] = '\0';
	return out;
}

const char *ak_term_digest(bool full, const char *d, char out[AK_TERM_DIGEST_MAX])
{
	size_t len = strlen(d);

	if (full || len != 71 || strncmp(d, "sha256:", 7) != 0)
		return d;
	(void)snprintf(out, AK_TERM_DIGEST_MAX, "sha256:%.4s…%.4s", d + 7, d + len - 4);
	return out;
}

const char *ak_term_number(uint64_t n, char out[24])
{
	(void)snprintf(out, 24, "%llu", (unsigned long long)n);
	return out;
}
