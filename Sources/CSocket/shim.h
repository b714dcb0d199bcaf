#include <sys/socket.h>
#include <sys/un.h>
#include <sys/uio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* Constants that Swift imports as enums, macros of shifts, or not at all without _GNU_SOURCE. */
static const int csocket_stream = SOCK_STREAM;
static const int csocket_open_flags = SOCK_NONBLOCK | SOCK_CLOEXEC;
static const int csocket_send_flags = MSG_NOSIGNAL | MSG_DONTWAIT;
static const int csocket_no_signal = MSG_NOSIGNAL;
static const int csocket_receive_flags = MSG_DONTWAIT;
static const int csocket_shutdown_write = SHUT_WR;
/* POLLRDHUP, by its other name. */
static const int csocket_poll_end = EPOLLRDHUP;

extern int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);

/* The address arguments of the C functions, free of Swift's views of sockaddr unions. A client's
   socket is a blocking one, since io_uring would not wait on another; each call on it carries
   MSG_DONTWAIT instead. */
static inline int csocket_accept(int descriptor, struct sockaddr_storage *address) {
    socklen_t length = sizeof(*address);
    return accept4(descriptor, (struct sockaddr *)address, &length, SOCK_CLOEXEC);
}

static inline int csocket_bind(int descriptor, const struct sockaddr_storage *address,
                               socklen_t length) {
    return bind(descriptor, (const struct sockaddr *)address, length);
}

static inline int csocket_connect(int descriptor, const struct sockaddr_storage *address,
                                  socklen_t length) {
    return connect(descriptor, (const struct sockaddr *)address, length);
}

static inline int csocket_name(int descriptor, struct sockaddr_storage *address) {
    socklen_t length = sizeof(*address);
    return getsockname(descriptor, (struct sockaddr *)address, &length);
}

static inline int csocket_set(int descriptor, int level, int option, int value) {
    return setsockopt(descriptor, level, option, &value, sizeof(value));
}

/* A message that names its pieces only. */
static inline ssize_t csocket_send_pieces(int descriptor, struct iovec *pieces, size_t count) {
    struct msghdr message = {0};
    message.msg_iov = pieces;
    message.msg_iovlen = count;
    return sendmsg(descriptor, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

extern int prctl(int option, ...);

/* Names the calling thread, for top and debuggers. */
static inline void csocket_name_thread(const char *name) {
    prctl(15 /* PR_SET_NAME */, name, 0, 0, 0);
}

/* Blocks SIGTERM, SIGINT and SIGHUP in the calling thread, and returns them. */
static inline sigset_t csocket_block_signals(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &set, 0);
    return set;
}

/* The same, and returns where they can be read. */
static inline int csocket_open_signals(void) {
    sigset_t set = csocket_block_signals();
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

/* The next signal that came, or 0. */
static inline int csocket_next_signal(int descriptor) {
    struct signalfd_siginfo info;
    return read(descriptor, &info, sizeof(info)) == sizeof(info) ? (int)info.ssi_signo : 0;
}
