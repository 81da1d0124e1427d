/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates of the system are not read at every start (adr/0039).
 *
 * The libgit2 of Debian is built with mbedTLS and parses the system's whole file of authorities in git_libgit2_init(), for
 * connections that akashi never makes through it (adr/0026): a quarter of the processor time of a seal.  No option stops it.
 * These two stand in the program before those of libmbedx509, so the loader gives them to libgit2.  They read nothing and say that
 * the file could not be read.  libgit2 goes on, as it does where there is no such file, with no authority that it believes: a
 * connection of its own would be refused, never taken unchecked.
 *
 * libcurl and stock git have their own certificates.  With a libgit2 built otherwise nobody asks for these names. */

enum { FILE_NOT_READ = -0x2900 }; /* MBEDTLS_ERR_X509_FILE_IO_ERROR */

#define STANDS_IN __attribute__((visibility("default"), used))

STANDS_IN int mbedtls_x509_crt_parse_file(void *chain, const char *path);
STANDS_IN int mbedtls_x509_crt_parse_path(void *chain, const char *path);

int mbedtls_x509_crt_parse_file(void *chain, const char *path)
{
	(void)chain;
	(void)path;
	return FILE_NOT_READ;
}

int mbedtls_x509_crt_parse_path(void *chain, const char *path)
{
	(void)chain;
	(void)path;
	return FILE_NOT_READ;
}
