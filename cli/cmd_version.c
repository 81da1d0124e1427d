/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"
#include "out.h"

int ak_cmd_version(ak_cli *c)
{
	if (c->json)
		return ak_out_json(c, json_pack("{s:s,s:s}", "program", "akashi", "version", AK_VERSION), EXIT_HOLDS);
	(void)printf("akashi %s\n", AK_VERSION);
	return EXIT_HOLDS;
}
