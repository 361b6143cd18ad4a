/* The least a milter can do: is asked about everything, is given the whole body, adds one header
 * field, accepts.
 *
 *   null-milter SOCKET      as libmilter spells it: unix:/path or inet:port@127.0.0.1 */
#include <libmilter/mfapi.h>
#include <stdio.h>
#include <sys/stat.h>

static sfsistat on_body(SMFICTX *context, unsigned char *chunk, size_t length) {
    (void)context, (void)chunk, (void)length;
    return SMFIS_CONTINUE;
}

static sfsistat on_end_of_message(SMFICTX *context) {
    smfi_addheader(context, "X-Null-Milter", "seen");
    return SMFIS_CONTINUE;
}

static struct smfiDesc milter = {
    .xxfi_name = "null-milter",
    .xxfi_version = SMFI_VERSION,
    .xxfi_flags = SMFIF_ADDHDRS,
    .xxfi_body = on_body,
    .xxfi_eom = on_end_of_message,
};

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: null-milter SOCKET\n");
        return 2;
    }
    umask(0);
    if (smfi_setconn(argv[1]) == MI_FAILURE || smfi_register(milter) == MI_FAILURE)
        return 1;
    return smfi_main() == MI_SUCCESS ? 0 : 1;
}
