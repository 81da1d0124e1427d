/* SPDX-License-Identifier: Apache-2.0 */
/* tried.h - signatures tried once, for tests that judge the same records thousands of times
 *
 * From the call on, a signature that did verify is not given to OpenSSL again: that is remembered for exactly this key, message and
 * signature, by a SHA-256 over all three.  One that did not is tried each time.  Nothing else changes, so a test whose claim is not
 * about signatures (that two readers agree, that rules say what they should) claims the same with it.  Not for tests of what an
 * attacker changes, nor for sweeps of failing allocations.
 *
 * tests/CMakeLists.txt has the linker lead ak_pubkey_check here; without the call it only passes on.
 */
#ifndef TESTS_API_SUPPORT_TRIED_H
#define TESTS_API_SUPPORT_TRIED_H

void tried_once(void);

#endif
