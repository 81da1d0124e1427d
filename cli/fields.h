/* SPDX-License-Identifier: Apache-2.0 */
/* fields.h - what may stand in the body of a record type, out of its schema
 *
 * {"type","scheme","version","title":{"ja","en"},"publication","documents","fields":[{"field","title":{"ja","en"},"required","form",
 * "class",…}…],"one_of":[[field…]…],"some_of":[[field…]…],"conditions":bool,"refs":[{"rel","types","max"}…]}
 *
 * field     a JSON pointer as --set takes it; * stands for the number of an element
 * required  within what it is a part of
 * form      day date digest subject words text number boolean list object any; with it "words" (what may stand there), "pattern", "least",
 *           "most" (characters, elements, or values), where the schema has them
 * class     public, commit or never; "" where the schema does not say
 * one_of    exactly one of these is there; some_of: at least one
 * conditions  the schema says more about what goes together than is shown here
 */
#ifndef AK_CLI_FIELDS_H
#define AK_CLI_FIELDS_H

#include "out.h"

/* Print them of `type`: of the definition in force in the ledger at -C, if there is one, else of those that this program ships.
 * `scheme` may be NULL.  EXIT_USAGE, having said so, when no such type is known. */
int ak_fields(ak_cli *c, const char *scheme, const char *type);
/* Is this a type of a definition that the program ships? */
bool ak_fields_known(const char *type);

#endif
