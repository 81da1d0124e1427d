# SPDX-License-Identifier: Apache-2.0
"""A second reader of akashi ledgers, written from docs/FORMAT.md alone.  See ../reader.py."""
