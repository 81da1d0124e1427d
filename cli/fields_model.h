/* SPDX-License-Identifier: Apache-2.0 */
/* fields_model.h - the JSON of fields.h, from a package alone */
#ifndef AK_CLI_FIELDS_MODEL_H
#define AK_CLI_FIELDS_MODEL_H

#include "cli.h"

#include <jansson.h>

/* Of a type that the package has; NULL without memory.  Freed with json_decref(). */
json_t *ak_fields_model(const json_t *package, const char *type);

#endif
