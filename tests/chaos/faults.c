/* Preloaded into a process: its clock, its disk and its resolver, as a shared file says.
 *
 * CHAOS_FAULTS names a file of three numbers of 64 bits: by how many milliseconds the wall clock
 * is wrong; whether the disk is full; whether names below `.hanging.test` hang. Other names below
 * `.test` are this machine. The steady clock stays right, as it does when somebody sets a clock.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static const int64_t none[3];
static const volatile int64_t *now = none;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("CHAOS_FAULTS");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    void *shared = mmap(NULL, sizeof none, PROT_READ, MAP_SHARED, file, 0);
    if (shared != MAP_FAILED)
        now = shared;
    close(file);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    static __typeof__(&clock_gettime) real;
    if (!real)
        real = REAL(clock_gettime);
    int result = real(clock, time);
    if (result == 0 && now[0] && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        int64_t ms = now[0], ns = time->tv_nsec + ms % 1000 * 1000000;
        time->tv_sec += ms / 1000 + (ns >= 1000000000) - (ns < 0);
        time->tv_nsec = ns < 0 ? ns + 1000000000 : ns % 1000000000;
    }
    return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    (void)zone;
    struct timespec precise;
    int result = clock_gettime(CLOCK_REALTIME, &precise);
    time->tv_sec = precise.tv_sec;
    time->tv_usec = precise.tv_nsec / 1000;
    return result;
}

time_t time(time_t *seconds) {
    struct timespec precise;
    clock_gettime(CLOCK_REALTIME, &precise);
    if (seconds)
        *seconds = precise.tv_sec;
    return precise.tv_sec;
}

/* Whether a write to this file fails: a socket, a pipe and memory need no disk. */
static int is_full(int file) {
    struct stat what;
    if (!now[1] || fstat(file, &what) || !S_ISREG(what.st_mode))
        return 0;
    errno = ENOSPC;
    return 1;
}

ssize_t write(int file, const void *bytes, size_t count) {
    return is_full(file) ? -1 : REAL(write)(file, bytes, count);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
    return is_full(file) ? -1 : REAL(writev)(file, parts, count);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
    return is_full(file) ? -1 : REAL(pwrite)(file, bytes, count, offset);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
    return is_full(file) ? -1 : REAL(pwrite64)(file, bytes, count, offset);
}

int posix_fallocate(int file, off_t offset, off_t length) {
    return is_full(file) ? ENOSPC : REAL(posix_fallocate)(file, offset, length);
}

static int ends_with(const char *name, const char *end) {
    size_t length = strlen(name), tail = strlen(end);
    return length >= tail && !strcmp(name + length - tail, end);
}

int getaddrinfo(const char *restrict name, const char *restrict port,
                const struct addrinfo *restrict wanted, struct addrinfo **restrict found) {
    struct timespec pause = {0, 100000000};
    if (name && ends_with(name, ".hanging.test")) {
        for (int tenths = 0; now[2] && tenths < 600; tenths++)
            nanosleep(&pause, NULL);
        return EAI_AGAIN;
    }
    if (name && ends_with(name, ".test"))
        name = "127.0.0.1";
    return REAL(getaddrinfo)(name, port, wanted, found);
}
