#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The same as syscalls.sh for a batch that goes into a pack: every seventh call.
exec bash "$(dirname "$0")/syscalls.sh" "$1" "${2:-7}" 9
