/* SPDX-License-Identifier: Apache-2.0 */
/* diff.h - two bodies of one record type, field by field (新旧対照表)
 *
 * [{"field": pointer of the field, "key": of an element or null,"change": "added", "removed" or "changed","old": text or
 * null,"new"…}…] in the order of the names of members, and within one of them in the order of the keys, numbers by their value.
 * Elements that have an "id" are compared with the one of that id; other elements are there or not.
 */
#ifndef AK_CLI_DIFF_H
#define AK_CLI_DIFF_H

#include "cli.h"

#include <jansson.h>

json_t *ak_diff_make(const json_t *old, const json_t *new); /* NULL without memory */

/* What is called how: the field, and the element within it. */
enum { AK_DIFF_TEXT = 1024 };
const char *ak_diff_field(const ak_cli *c, const char *type, const json_t *row, char out[AK_DIFF_TEXT]);
/* The text of one side ("old", "new") as people read it. */
const char *ak_diff_value(const ak_cli *c, const json_t *row, const char *side, char out[AK_DIFF_TEXT]);

/* {"type","old":{"name","issued"},"new":{…},"rows"} as a page to print; `what` is that object. */
void ak_diff_html(FILE *f, const ak_cli *c, const void *what);

#endif
