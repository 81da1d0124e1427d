/* SPDX-License-Identifier: Apache-2.0 */
/* cli.h - one run of the program: what was asked, and what every command needs
 *
 * A command is a function that gets an ak_cli and returns an exit code (exit.h).  It prints what it found on stdout
 * and complaints on stderr, and never ends the process.  main() flushes stdout and turns a lost answer into EXIT_NOT_DECIDED.
 */
#ifndef AK_CLI_CLI_H
#define AK_CLI_CLI_H

#include "akashi/akashi.h"
#include "exit.h"
#include "messages.h"
#include "opt.h"

typedef struct ak_command ak_command;

/* The bytes of a file (files.h); ak_file_drop() frees them. */
typedef struct ak_file {
	char *data; /* len bytes and a NUL */
	size_t len;
} ak_file;

typedef struct ak_cli {
	const char *program;       /* "akashi" or "akashi-verify" */
	const ak_opt_id *common;   /* options that every command of it takes */
	size_t n_common;
	const ak_command *command;
	ak_opts opts;
	const char *dir;   /* the ledger                             */
	char *trust_path;  /* of the trust file in use, for complaints about it; owned */
	bool ja;           /* answer in Japanese                     */
	bool json, quiet, full;
	bool colour;       /* stdout is a terminal that wants colour */
	size_t width;      /* of the terminal in cells; 0: stdout is none */
	int64_t now;
	struct json_t *package; /* the scheme's definition, for names (scheme.h); NULL when it is not at hand */
} ak_cli;

struct ak_command {
	const char *name;
	int (*run)(ak_cli *c);
	const char *operands;        /* as shown: "FILE…"                   */
	const char *const *examples; /* command lines, the first is typical */
	const ak_opt_id *options;    /* beside the common ones              */
	size_t n_examples, n_options;
	size_t least, most;          /* operands                            */
	ak_msg summary, about;       /* one line; a paragraph or MSG_NONE   */
};

/* commands.c: the table, in the order of help; NULL when there is none of that name. */
const ak_command *ak_command_at(size_t i);
const ak_command *ak_command_find(const char *name);
/* Options that every command takes. */
extern const ak_opt_id ak_common_options[];
extern const size_t ak_common_options_n;

/* "akashi verify"; a program without commands is its own (out.c). */
enum { AK_CALLED_ROOM = 64 };
const char *ak_cli_called(const ak_cli *c, const ak_command *k, char room[AK_CALLED_ROOM]);

/* ---- program.c ---------------------------------------------------------------------------------------------- */

/* One run of a program: standard streams that are closed are opened so that their use fails, `run` is called with what was
 * found out about terminal and clock, and an answer that did not arrive becomes EXIT_NOT_DECIDED. */
typedef int ak_cli_run_fn(ak_cli *c, int argc, char **argv);
int ak_cli_main(const char *program, const ak_opt_id *common, size_t n_common, ak_cli_run_fn *run, int argc, char **argv);
/* Take over what the common options say; they may stand before or after a command. */
int ak_cli_settle(ak_cli *c);
/* What was wrong with option `arg`: EXIT_USAGE. */
int ak_cli_bad_option(const ak_cli *c, ak_opt_fault fault, const char *arg);
/* Run c->command, when it got the operands it wants. */
int ak_cli_run(ak_cli *c);

/* ---- context.c, place.c, trusted.c -------------------------------------------------------------------------------------- */

/* The functions below report what is wrong themselves and return an exit code: EXIT_HOLDS to go on. */
int ak_cli_open(const ak_cli *c, ak_ledger **out);
/* The same as known at --known-at, where it is given. */
int ak_cli_open_as_known(const ak_cli *c, ak_ledger **out);
/* What ak_ledger_head says, parsed; the caller's. */
int ak_cli_head(const ak_cli *c, ak_ledger *l, struct json_t **out);
/* --as-of and others: the stored form, or "" when not given. */
int ak_cli_date(const ak_cli *c, ak_opt_id id, char stored[11]);
int ak_cli_day(const ak_cli *c, ak_opt_id id, char stored[11]); /* the same of a day: no month or year as a whole */
int64_t ak_cli_clock(void *ctx); /* what the clock says at this moment, for who may have to wait first */
void ak_cli_today(const ak_cli *c, char stored[11]); /* the day of now in Japan */
int ak_cli_number(const ak_cli *c, ak_opt_id id, uint64_t least, uint64_t most, uint64_t *out); /* untouched when not given */
/* --trust, else $AKASHI_TRUST, else ~/.config/akashi/trust; never from the ledger.  One that is missing, cannot be read or is no trust file:
 * EXIT_NOT_DECIDED, and it is told. */
int ak_cli_trust(ak_cli *c, ak_file *out);
/* EXIT_NOT_DECIDED, and says so, when that file names another ledger: what is asked by it cannot be answered here. */
int ak_cli_trust_names(const ak_cli *c, ak_ledger *l, const ak_file *trust);
/* For answers that rest on no trust file: a note when the usual one is of another ledger, or does not fit this one. */
void ak_cli_note_trust(const ak_cli *c, ak_ledger *l);
/* $AKASHI_TRUST or the usual place; "" when neither is known. */
enum { AK_PATH_MAX = 4096 };
void ak_cli_usual_trust(char out[AK_PATH_MAX]);
bool ak_cli_trust_known(const ak_cli *c); /* ak_cli_trust() knows where to look */
/* The operator key's path: --operator, else what init noted in the ledger's git directory.  Freed with free(). */
int ak_cli_operator_path(const ak_cli *c, char **path);
int ak_cli_note_operator(const ak_cli *c, const char *dir, const char *path);
/* Where a key's memory lies: beside its file, with this suffix; for a key that is kept elsewhere, akashi/keys/ID under XDG_STATE_HOME
 * (else ~/.local/state).  An exit code; freed with free(). */
int ak_cli_state_path(const ak_cli *c, const char *key_path, const ak_secret *key, const char *suffix, char **out);
/* What the operator works with: the key and its memory, and the ledger.  `o` borrows from the rest, for as long as that is here. */
typedef struct ak_operating {
	char *path, *state;
	ak_secret *key;
	ak_ledger *l;
	ak_seal_options o;
} ak_operating;
int ak_cli_operate(const ak_cli *c, ak_operating *out); /* whatever it returns, ak_operating_clear() afterwards */
void ak_operating_clear(ak_operating *w);

#endif
