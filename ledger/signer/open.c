/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/agent.h"
#include "signer/signer.h"
#include "signer/token.h"

#include "base/fail.h"

#include <string.h>

static const char agent[] = "agent:", token[] = "pkcs11:";

static bool begins(const char *name, const char *with)
{
	return strncmp(name, with, strlen(with)) == 0;
}

bool ak_signer_is(const char *name)
{
	return begins(name, agent) || begins(name, token);
}

ak_status ak_signer_open(const char *name, const ak_key_access *access, ak_seckey **out, ak_error *err)
{
	if (strlen(name) > AK_SIGNER_NAME_MAX)
		return ak_fail(err, AK_INVALID_ARGUMENT, "key.name", 0, "over %d bytes", AK_SIGNER_NAME_MAX);
	if (begins(name, agent))
		return ak_agent_open(name + strlen(agent), access->agent, out, err);
	if (begins(name, token))
		return ak_token_open(name, access, out, err);
	return ak_fail(err, AK_INVALID_ARGUMENT, "key.name", 0, "neither agent: nor pkcs11:");
}
