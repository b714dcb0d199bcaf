#include "CCurl.h"
#include <dlfcn.h>

struct ccurl_functions ccurl;

#define FIND(name)                                                                  \
    ccurl.name = (__typeof__(ccurl.name))dlsym(library, "curl_" #name);             \
    if (!ccurl.name) return dlerror()

const char *ccurl_load(void) {
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!library) return dlerror();
    FIND(global_init);
    FIND(easy_init);
    FIND(easy_cleanup);
    FIND(easy_reset);
    FIND(easy_strerror);
    FIND(easy_setopt);
    FIND(easy_getinfo);
    FIND(slist_append);
    FIND(slist_free_all);
    FIND(multi_init);
    FIND(multi_cleanup);
    FIND(multi_setopt);
    FIND(multi_add_handle);
    FIND(multi_remove_handle);
    FIND(multi_perform);
    FIND(multi_poll);
    FIND(multi_wakeup);
    FIND(multi_info_read);
    CURLcode code = ccurl.global_init(CURL_GLOBAL_DEFAULT);
    return code == CURLE_OK ? 0 : ccurl.easy_strerror(code);
}
