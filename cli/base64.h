/* SPDX-License-Identifier: Apache-2.0 */
/* base64.h - RFC 4648, section 4, as the page of a report has it
 *
 * Lines of 76 characters, the last one shorter, each ended by one newline.  One encoding for each value: padding is there, the bits
 * that it leaves over are zero.
 */
#ifndef AK_CLI_BASE64_H
#define AK_CLI_BASE64_H

#include "cli.h"

enum { AK_BASE64_LINE = 76 };

char *ak_base64_line(ak_span bytes); /* without newlines; freed with free(), NULL without memory */
void ak_base64_lines(FILE *f, ak_span bytes);
/* The form above and nothing else.  False when it is not, then *at is the offset of what is wrong; `out` has room for 3/4 of the text. */
bool ak_base64_read(ak_span text, uint8_t *out, size_t *len, size_t *at);

#endif
