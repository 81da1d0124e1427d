/* SPDX-License-Identifier: Apache-2.0 */
/* akashi.h - everything of libakashi's public interface */
#ifndef AKASHI_AKASHI_H
#define AKASHI_AKASHI_H

#include "akashi/apart.h"
#include "akashi/consistency.h"
#include "akashi/disclosure.h"
#include "akashi/document.h"
#include "akashi/envelope.h"
#include "akashi/error.h"
#include "akashi/exchange.h"
#include "akashi/key.h"
#include "akashi/ledger.h"
#include "akashi/remote.h"
#include "akashi/renew.h"
#include "akashi/scheme.h"
#include "akashi/timestamp.h"
#include "akashi/trust.h"
#include "akashi/types.h"
#include "akashi/verify.h"
#include "akashi/witness.h"

#endif
