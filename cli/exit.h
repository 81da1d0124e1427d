/* SPDX-License-Identifier: Apache-2.0 */
/* exit.h - the exit codes that scripts may rely on; akashi(1) repeats them */
#ifndef AK_CLI_EXIT_H
#define AK_CLI_EXIT_H

#include "akashi/error.h"

enum {
	EXIT_HOLDS = 0,          /* checked and it holds, or done             */
	EXIT_DOES_NOT_HOLD = 1,  /* checked and it does not hold, or refused  */
	EXIT_USAGE = 2,          /* the command line is wrong                 */
	EXIT_NOT_DECIDED = 3,    /* could not be found out, or not be told    */
};

static inline int exit_of(ak_status st)
{
	switch (ak_status_class(st)) {
	case AK_CLASS_OK:
		return EXIT_HOLDS;
	case AK_CLASS_REJECT:
		return EXIT_DOES_NOT_HOLD;
	case AK_CLASS_USAGE:
		return EXIT_USAGE;
	case AK_CLASS_UNKNOWN:
		break;
	}
	return EXIT_NOT_DECIDED;
}

#endif
