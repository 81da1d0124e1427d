/* SPDX-License-Identifier: Apache-2.0 */
/* trust_read.h - a trust file as a verifier takes it: its form (model/trust.h), and that its keys are keys (internal; FORMAT 12, 14.2)
 *
 * A key of small order verifies signatures that nobody made: whoever wrote it into a trust file would blame the ledger for it.
 */
#ifndef AK_VERIFY_TRUST_READ_H
#define AK_VERIFY_TRUST_READ_H

#include "model/trust.h"

/* ak_trust_parse; then AK_WEAK_KEY, where "trust.log" or "trust.witness", err->at the line. */
AK_MUST_USE ak_status ak_trust_read(ak_span text, ak_trust *out, ak_error *err);

#endif
