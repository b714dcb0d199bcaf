/* liburing.h asks for X/Open names, under which fd_set has other members than in the Glibc module.
   The first C header decides which names there are, so it comes before. */
#include <features.h>
#include <signal.h>
#include <liburing.h>
