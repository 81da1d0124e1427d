/* SPDX-License-Identifier: Apache-2.0 */
/* cosigned.h - a witness that a trust file asks for, and its line on a head */
#ifndef AK_TEST_COSIGNED_H
#define AK_TEST_COSIGNED_H

#include "world.h"

/* Ask for this witness in the trust file of `w`. */
void cosigned_demand(world *w, const ak_secret *witness);
/* The head as the open ledger holds it gets the witness's line. */
void cosigned_head(world *w, const ak_secret *witness);

#endif
