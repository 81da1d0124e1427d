/* SPDX-License-Identifier: Apache-2.0 */
/* commands.h - the commands, one file each (cmd_<name>.c), and what help prints of them */
#ifndef AK_CLI_COMMANDS_H
#define AK_CLI_COMMANDS_H

#include "cli.h"

int ak_cmd_init(ak_cli *c);
int ak_cmd_keygen(ak_cli *c);
int ak_cmd_party(ak_cli *c);
int ak_cmd_crl(ak_cli *c);
int ak_cmd_draft(ak_cli *c);
int ak_cmd_sign(ak_cli *c);
int ak_cmd_check(ak_cli *c);
int ak_cmd_seal(ak_cli *c);
int ak_cmd_timestamp(ak_cli *c);
int ak_cmd_correct(ak_cli *c);
int ak_cmd_annul(ak_cli *c);
int ak_cmd_erase(ak_cli *c);
int ak_cmd_disclose(ak_cli *c);
int ak_cmd_evidence(ak_cli *c);
int ak_cmd_verify(ak_cli *c);
int ak_cmd_bundle(ak_cli *c);
int ak_cmd_trace(ak_cli *c);
int ak_cmd_list(ak_cli *c);
int ak_cmd_show(ak_cli *c);
int ak_cmd_log(ak_cli *c);
int ak_cmd_search(ak_cli *c);
int ak_cmd_status(ak_cli *c);
int ak_cmd_plan(ak_cli *c);
int ak_cmd_calendar(ak_cli *c);
int ak_cmd_reconcile(ak_cli *c);
int ak_cmd_diff(ak_cli *c);
int ak_cmd_audit(ak_cli *c);
int ak_cmd_consistency(ak_cli *c);
int ak_cmd_trust(ak_cli *c);
int ak_cmd_witness(ak_cli *c);
int ak_cmd_remote(ak_cli *c);
int ak_cmd_help(ak_cli *c);
int ak_cmd_version(ak_cli *c);

void ak_help_start(const ak_cli *c, FILE *to); /* the six things people do */
void ak_help_all(const ak_cli *c, FILE *to);
void ak_help_man(FILE *to);        /* roff, English            */
void ak_help_completion(FILE *to); /* bash                     */
void ak_help_nearest(const ak_cli *c, const char *typed); /* "did you mean", on stderr */

#endif
