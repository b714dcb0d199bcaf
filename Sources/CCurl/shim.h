/* The first C header decides which names of Glibc there are, as with libevent. */
#include <features.h>
#include <curl/curl.h>

/* libcurl's options are variadic, which Swift does not call: one function per kind of value. */
static inline CURLcode ccurl_set_number(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_size(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

/* libcurl copies the text. */
static inline CURLcode ccurl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

/* Not copied: must live as long as the transfer. */
static inline CURLcode ccurl_set_pointer(CURL *handle, CURLoption option, const void *value) {
    return curl_easy_setopt(handle, option, value);
}

typedef size_t (*ccurl_receiver)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode ccurl_set_receiver(CURL *handle, CURLoption option, ccurl_receiver value) {
    return curl_easy_setopt(handle, option, value);
}

static inline long ccurl_number(CURL *handle, CURLINFO info) {
    long value = 0;
    curl_easy_getinfo(handle, info, &value);
    return value;
}

static inline curl_off_t ccurl_size(CURL *handle, CURLINFO info) {
    curl_off_t value = -1;
    curl_easy_getinfo(handle, info, &value);
    return value;
}

/* Null when there is none; libcurl's, until the handle is used again. */
static inline const char *ccurl_text(CURL *handle, CURLINFO info) {
    char *value = 0;
    curl_easy_getinfo(handle, info, &value);
    return value;
}

static inline void *ccurl_private(CURL *handle) {
    char *value = 0;
    curl_easy_getinfo(handle, CURLINFO_PRIVATE, &value);
    return value;
}

static inline CURLMcode ccurl_set_shared(CURLM *handle, CURLMoption option, long value) {
    return curl_multi_setopt(handle, option, value);
}

/* The next transfer that ended; null when there is none. */
static inline CURL *ccurl_next_ended(CURLM *handle, CURLcode *result) {
    int left = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(handle, &left))) {
        if (message->msg != CURLMSG_DONE) continue;
        *result = message->data.result;
        return message->easy_handle;
    }
    return 0;
}

static inline CURLMcode ccurl_wait(CURLM *handle, int milliseconds) {
    return curl_multi_poll(handle, 0, 0, milliseconds, 0);
}
