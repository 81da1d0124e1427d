/* SPDX-License-Identifier: Apache-2.0 */
/* table.h - what the generated source defines; oldest version of a scheme first */
#ifndef AK_HELD_TABLE_H
#define AK_HELD_TABLE_H

#include "held/held.h"

extern const ak_held_package ak_held_table[];
extern const size_t ak_held_table_len;

#endif
