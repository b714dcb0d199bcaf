/* libevent's configuration asks for GNU names, under which fd_set has other members than in the
   Glibc module. The first C header decides which names there are, so it comes before. */
#include <features.h>
#include <event2/event.h>
#include <event2/thread.h>
