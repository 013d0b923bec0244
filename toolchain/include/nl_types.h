/* Message catalogues: there are none, so catopen fails and catgets returns the default. */
#pragma once

#include <sys/cdefs.h>

#define NL_SETD 1
#define NL_CAT_LOCALE 1

typedef void* nl_catd;
typedef int nl_item;

__BEGIN_DECLS
int catclose(nl_catd catalogue);
char* catgets(nl_catd catalogue, int set, int message, const char* fallback);
nl_catd catopen(const char* name, int flag);
__END_DECLS
