/* Records what a process does to the files of one folder, so that a test can play a power cut at any moment of it.
 *
 * Preloaded into a process; RECORD_FOLDER says which folder, RECORD_TO where to. One record an operation:
 *     kind (1 byte), length of the path (u32), offset (u64), length of the data (u32), path, data
 * Kinds: w write, t truncate (offset is the new length), s sync of a file, d sync of a folder, c created, u unlinked.
 * Memory-mapped files (SQLite's -shm) are not recorded: SQLite does not need them after a power cut.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static int out = -1;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int inside(const char *path) {
    const char *folder = getenv("RECORD_FOLDER");
    return folder && strncmp(path, folder, strlen(folder)) == 0;
}

static int path_of(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return inside(path);
}

static void record(char kind, const char *path, uint64_t offset, const void *data, uint32_t length) {
    pthread_mutex_lock(&turn);
    if (out < 0) out = REAL(open)(getenv("RECORD_TO"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    uint32_t path_length = strlen(path);
    struct iovec parts[] = {{&kind, 1}, {&path_length, 4}, {&offset, 8}, {&length, 4}, {(void *)path, path_length}, {(void *)data, length}};
    if (REAL(writev)(out, parts, 6) < 0) abort();
    pthread_mutex_unlock(&turn);
}

static void record_fd(int fd, char kind, uint64_t offset, const void *data, uint32_t length) {
    char path[PATH_MAX];
    if (path_of(fd, path)) record(kind, path, offset, data, length);
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) {
    record_fd(fd, 'w', offset, data, length);
    return REAL(pwrite64)(fd, data, length, offset);
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return pwrite64(fd, data, length, offset); }

ssize_t write(int fd, const void *data, size_t length) {
    char path[PATH_MAX];
    if (fd != out && path_of(fd, path)) {
        off_t offset = fcntl(fd, F_GETFL) & O_APPEND ? lseek(fd, 0, SEEK_END) : lseek(fd, 0, SEEK_CUR);
        record('w', path, offset, data, length);
    }
    return REAL(write)(fd, data, length);
}

int ftruncate64(int fd, off64_t length) {
    record_fd(fd, 't', length, "", 0);
    return REAL(ftruncate64)(fd, length);
}

int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

static int synced(int fd, int result) {
    struct stat about;
    if (result == 0 && fstat(fd, &about) == 0) record_fd(fd, S_ISDIR(about.st_mode) ? 'd' : 's', 0, "", 0);
    return result;
}

int fsync(int fd) { return synced(fd, REAL(fsync)(fd)); }

int fdatasync(int fd) { return synced(fd, REAL(fdatasync)(fd)); }

static int opened(const char *path, int flags, int mode, int (*real)(const char *, int, ...)) {
    int created = (flags & O_CREAT) && inside(path) && access(path, F_OK) != 0;
    int fd = real(path, flags, mode);
    if (created && fd >= 0) record('c', path, 0, "", 0);
    return fd;
}

#define MODE(flags) ({ va_list rest; va_start(rest, flags); int mode = (flags) & O_CREAT ? va_arg(rest, int) : 0; va_end(rest); mode; })

int open(const char *path, int flags, ...) { return opened(path, flags, MODE(flags), REAL(open)); }

int open64(const char *path, int flags, ...) { return opened(path, flags, MODE(flags), REAL(open64)); }

int unlink(const char *path) {
    if (inside(path)) record('u', path, 0, "", 0);
    return REAL(unlink)(path);
}
