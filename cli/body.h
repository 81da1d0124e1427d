/* SPDX-License-Identifier: Apache-2.0 */
/* body.h - the fields of a record's body, one a line, for people to read before they sign and after */
#ifndef AK_CLI_BODY_H
#define AK_CLI_BODY_H

#include "out.h"

/* "  /period/from  2025年4月1日": every leaf by its pointer, in stored order, at most `lines`, then how many are left out. */
void ak_body_print(const ak_cli *c, FILE *to, json_t *body, size_t indent, size_t lines);

#endif
