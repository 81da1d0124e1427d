/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store.h"

void ak_head_clear(ak_head *h)
{
	if (h == NULL)
		return;
	h->id[0] = '\0';
	ak_buf_clear(&h->checkpoint);
}
