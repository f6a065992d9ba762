/* Preloaded: the clocks of a machine that were set, or that went on while the
 * machine slept. How far they are ahead is read from a file: two numbers of
 * nanoseconds, by which the wall clock was set and for which the machine slept. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static int (*system_gettime)(clockid_t, struct timespec *);
static const volatile int64_t *ahead;

__attribute__((constructor)) static void start(void) {
    system_gettime = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    const char *path = getenv("CLOCKS_AHEAD");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) abort();
    void *page = mmap(NULL, 16, PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (page == MAP_FAILED) abort();
    ahead = page;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    int failed = system_gettime(clock, time);
    if (failed || !ahead) return failed;
    int64_t by = 0;
    if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) by = ahead[0] + ahead[1];
    if (clock == CLOCK_BOOTTIME) by = ahead[1];
    int64_t now = time->tv_sec * INT64_C(1000000000) + time->tv_nsec + by;
    time->tv_sec = now / 1000000000;
    time->tv_nsec = now % 1000000000;
    return 0;
}
