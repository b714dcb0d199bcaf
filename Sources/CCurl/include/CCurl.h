/* The first C header decides which names of Glibc there are, as with libevent. */
#include <features.h>
/* Its checks of the options' types are macros, which no pointer to a function has. */
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

/* libcurl, and the thirty libraries that it needs, are loaded by who asks an HTTP service for the
   first time: a cache without one does without their six megabytes. */
struct ccurl_functions {
    __typeof__(curl_global_init) *global_init;
    __typeof__(curl_easy_init) *easy_init;
    __typeof__(curl_easy_cleanup) *easy_cleanup;
    __typeof__(curl_easy_reset) *easy_reset;
    __typeof__(curl_easy_strerror) *easy_strerror;
    __typeof__(curl_easy_setopt) *easy_setopt;
    __typeof__(curl_easy_getinfo) *easy_getinfo;
    __typeof__(curl_slist_append) *slist_append;
    __typeof__(curl_slist_free_all) *slist_free_all;
    __typeof__(curl_multi_init) *multi_init;
    __typeof__(curl_multi_cleanup) *multi_cleanup;
    __typeof__(curl_multi_setopt) *multi_setopt;
    __typeof__(curl_multi_add_handle) *multi_add_handle;
    __typeof__(curl_multi_remove_handle) *multi_remove_handle;
    __typeof__(curl_multi_perform) *multi_perform;
    __typeof__(curl_multi_poll) *multi_poll;
    __typeof__(curl_multi_wakeup) *multi_wakeup;
    __typeof__(curl_multi_info_read) *multi_info_read;
};

extern struct ccurl_functions ccurl;

/* Loads and starts libcurl. To be called once, before all else. Null, or why it cannot be. */
const char *ccurl_load(void);

static inline CURL *ccurl_easy_init(void) { return ccurl.easy_init(); }
static inline void ccurl_easy_cleanup(CURL *handle) { ccurl.easy_cleanup(handle); }
static inline void ccurl_easy_reset(CURL *handle) { ccurl.easy_reset(handle); }
static inline const char *ccurl_easy_strerror(CURLcode code) { return ccurl.easy_strerror(code); }

static inline struct curl_slist *ccurl_slist_append(struct curl_slist *list, const char *line) {
    return ccurl.slist_append(list, line);
}

static inline void ccurl_slist_free_all(struct curl_slist *list) { ccurl.slist_free_all(list); }

static inline CURLM *ccurl_multi_init(void) { return ccurl.multi_init(); }
static inline void ccurl_multi_cleanup(CURLM *handle) { ccurl.multi_cleanup(handle); }
static inline CURLMcode ccurl_multi_wakeup(CURLM *handle) { return ccurl.multi_wakeup(handle); }

static inline CURLMcode ccurl_multi_add_handle(CURLM *handle, CURL *transfer) {
    return ccurl.multi_add_handle(handle, transfer);
}

static inline CURLMcode ccurl_multi_remove_handle(CURLM *handle, CURL *transfer) {
    return ccurl.multi_remove_handle(handle, transfer);
}

static inline CURLMcode ccurl_multi_perform(CURLM *handle, int *running) {
    return ccurl.multi_perform(handle, running);
}

/* libcurl's options are variadic, which Swift does not call: one function per kind of value. */
static inline CURLcode ccurl_set_number(CURL *handle, CURLoption option, long value) {
    return ccurl.easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_size(CURL *handle, CURLoption option, curl_off_t value) {
    return ccurl.easy_setopt(handle, option, value);
}

/* libcurl copies the text. */
static inline CURLcode ccurl_set_text(CURL *handle, CURLoption option, const char *value) {
    return ccurl.easy_setopt(handle, option, value);
}

/* Not copied: must live as long as the transfer. */
static inline CURLcode ccurl_set_pointer(CURL *handle, CURLoption option, const void *value) {
    return ccurl.easy_setopt(handle, option, value);
}

typedef size_t (*ccurl_receiver)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode ccurl_set_receiver(CURL *handle, CURLoption option, ccurl_receiver value) {
    return ccurl.easy_setopt(handle, option, value);
}

static inline long ccurl_number(CURL *handle, CURLINFO info) {
    long value = 0;
    ccurl.easy_getinfo(handle, info, &value);
    return value;
}

static inline curl_off_t ccurl_size(CURL *handle, CURLINFO info) {
    curl_off_t value = -1;
    ccurl.easy_getinfo(handle, info, &value);
    return value;
}

/* Null when there is none; libcurl's, until the handle is used again. */
static inline const char *ccurl_text(CURL *handle, CURLINFO info) {
    char *value = 0;
    ccurl.easy_getinfo(handle, info, &value);
    return value;
}

static inline void *ccurl_private(CURL *handle) {
    char *value = 0;
    ccurl.easy_getinfo(handle, CURLINFO_PRIVATE, &value);
    return value;
}

static inline CURLMcode ccurl_set_shared(CURLM *handle, CURLMoption option, long value) {
    return ccurl.multi_setopt(handle, option, value);
}

/* The next transfer that ended; null when there is none. */
static inline CURL *ccurl_next_ended(CURLM *handle, CURLcode *result) {
    int left = 0;
    CURLMsg *message;
    while ((message = ccurl.multi_info_read(handle, &left))) {
        if (message->msg != CURLMSG_DONE) continue;
        *result = message->data.result;
        return message->easy_handle;
    }
    return 0;
}

static inline CURLMcode ccurl_wait(CURLM *handle, int milliseconds) {
    return ccurl.multi_poll(handle, 0, 0, milliseconds, 0);
}
