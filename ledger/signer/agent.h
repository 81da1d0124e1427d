/* SPDX-License-Identifier: Apache-2.0 */
/* agent.h - keys of an ssh-agent (draft-ietf-sshm-ssh-agent: messages 11 to 14) (private to signer/)
 *
 * Each question has a connection of its own, at most AK_AGENT_MAX bytes either way, and AK_AGENT_WAIT seconds to be answered: the agent
 * may ask its owner first.  Keys whose signatures are over more than the message (FIDO, certificates) are passed by.
 */
#ifndef AK_SIGNER_AGENT_H
#define AK_SIGNER_AGENT_H

#include "crypto/key.h"

enum {
	AK_AGENT_MAX = 256 * 1024, /* bytes of a message, as OpenSSH's agent takes them */
	AK_AGENT_WAIT = 120,       /* seconds */
};

/* `which` as in signer.h, without "agent:"; `socket` is the agent's, NULL when there is none, and is copied. */
AK_MUST_USE ak_status ak_agent_open(const char *which, const char *socket, ak_seckey **out, ak_error *err);

#endif
