/* Preloaded: every fsync and fdatasync takes a millisecond more, as on a disk that is a disk. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

static void wait_1_ms(void) {
    struct timespec pause = {0, 1000000};
    nanosleep(&pause, NULL);
}

int fsync(int fd) {
    wait_1_ms();
    return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd);
}

int fdatasync(int fd) {
    wait_1_ms();
    return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd);
}
