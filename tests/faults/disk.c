/* A disk that can be looked into: loaded before the C library (LD_PRELOAD), it notes what a program writes below
   one folder and what it flushes, in order, so that a test can work out what a power cut would have left. It can
   also be full or read-only, and the wall clock can be wrong.

   DISK_FOLDER    only names below this folder are looked at
   DISK_LOG       file to note in (tests/faults/disk.py reads it)
   DISK_QUOTA     bytes that may still be written before the disk is full
   DISK_READONLY  set: nothing can be opened for writing
   CLOCK_OFFSET   seconds added to the wall clock */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#define FDS 4096
static char *names[FDS];
static char appends[FDS];
static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
static int log_fd = -1;
static const char *folder;
static size_t folder_length;
static long long quota = -1, clock_offset;
static int read_only;

#define REAL(type, name, ...) static type (*real_##name)(__VA_ARGS__)
REAL(int, open, const char *, int, ...);
REAL(int, openat, int, const char *, int, ...);
REAL(int, close, int);
REAL(ssize_t, write, int, const void *, size_t);
REAL(ssize_t, pwrite, int, const void *, size_t, off_t);
REAL(int, ftruncate, int, off_t);
REAL(int, fsync, int);
REAL(int, fdatasync, int);
REAL(int, unlink, const char *);
REAL(int, rename, const char *, const char *);
REAL(int, link, const char *, const char *);
REAL(int, linkat, int, const char *, int, const char *, int);
REAL(int, clock_gettime, clockid_t, struct timespec *);

__attribute__((constructor)) static void begin(void) {
#define FIND(name) real_##name = dlsym(RTLD_NEXT, #name)
    FIND(open); FIND(openat); FIND(close); FIND(write); FIND(pwrite); FIND(ftruncate); FIND(fsync); FIND(fdatasync);
    FIND(unlink); FIND(rename); FIND(link); FIND(linkat); FIND(clock_gettime);
    folder = getenv("DISK_FOLDER");
    folder_length = folder ? strlen(folder) : 0;
    if (getenv("DISK_QUOTA")) quota = atoll(getenv("DISK_QUOTA"));
    if (getenv("CLOCK_OFFSET")) clock_offset = atoll(getenv("CLOCK_OFFSET"));
    read_only = getenv("DISK_READONLY") != NULL;
    if (getenv("DISK_LOG")) log_fd = real_open(getenv("DISK_LOG"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int ours(const char *path) {
    return folder && path && !strncmp(path, folder, folder_length) && (path[folder_length] == '/' || !path[folder_length]);
}

static const char *name_of(int fd) { return fd >= 0 && fd < FDS ? names[fd] : NULL; }

/* kind, length of path, offset, length of data; then both */
static void note(char kind, const char *path, uint64_t offset, const void *data, uint32_t length) {
    if (log_fd < 0) return;
    char head[17];
    uint32_t path_length = strlen(path);
    head[0] = kind;
    memcpy(head + 1, &path_length, 4);
    memcpy(head + 5, &offset, 8);
    memcpy(head + 13, &length, 4);
    if (real_write(log_fd, head, 17) != 17 || real_write(log_fd, path, path_length) != (ssize_t)path_length
        || (length && real_write(log_fd, data, length) != (ssize_t)length)) abort();
}

static int opened(int fd, const char *path, int flags, int was_there) {
    if (fd < 0 || fd >= FDS) return fd;
    free(names[fd]);
    names[fd] = strdup(path);
    appends[fd] = (flags & O_APPEND) != 0;
    if (!was_there && (flags & O_CREAT)) note('C', path, 0, NULL, 0);
    if (was_there && (flags & O_TRUNC)) note('T', path, 0, NULL, 0);
    return fd;
}

static int open_ours(int at, const char *path, int flags, mode_t mode) {
    struct stat about;
    if (read_only && (flags & (O_WRONLY | O_RDWR | O_CREAT))) { errno = EROFS; return -1; }
    pthread_mutex_lock(&one);
    int was_there = stat(path, &about) == 0;
    int fd = opened(real_openat(at, path, flags, mode), path, flags, was_there);
    pthread_mutex_unlock(&one);
    return fd;
}

#define MODE(flags) mode_t mode = 0; if ((flags) & (O_CREAT | O_TMPFILE)) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); }
int open(const char *path, int flags, ...) { MODE(flags) return ours(path) ? open_ours(AT_FDCWD, path, flags, mode) : real_open(path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags) return ours(path) ? open_ours(AT_FDCWD, path, flags, mode) : real_open(path, flags, mode); }
int openat(int at, const char *path, int flags, ...) { MODE(flags) return ours(path) ? open_ours(at, path, flags, mode) : real_openat(at, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) { MODE(flags) return ours(path) ? open_ours(at, path, flags, mode) : real_openat(at, path, flags, mode); }

int close(int fd) {
    pthread_mutex_lock(&one);
    if (name_of(fd)) { free(names[fd]); names[fd] = NULL; }
    pthread_mutex_unlock(&one);
    return real_close(fd);
}

static int full(size_t length) {
    if (quota < 0) return 0;
    if ((long long)length > quota) { errno = ENOSPC; return 1; }
    quota -= length;
    return 0;
}

static ssize_t put(int fd, const void *data, size_t length, off_t at) {
    pthread_mutex_lock(&one);
    ssize_t done = -1;
    if (!full(length)) {
        done = at < 0 ? real_write(fd, data, length) : real_pwrite(fd, data, length, at);
        if (done > 0) {
            if (at < 0) at = lseek(fd, 0, SEEK_CUR) - done;
            note('W', names[fd], at, data, done);
        }
    }
    pthread_mutex_unlock(&one);
    return done;
}

ssize_t write(int fd, const void *data, size_t length) { return name_of(fd) ? put(fd, data, length, -1) : real_write(fd, data, length); }
ssize_t pwrite(int fd, const void *data, size_t length, off_t at) { return name_of(fd) ? put(fd, data, length, at) : real_pwrite(fd, data, length, at); }
ssize_t pwrite64(int fd, const void *data, size_t length, off_t at) { return pwrite(fd, data, length, at); }

int ftruncate(int fd, off_t size) {
    if (!name_of(fd)) return real_ftruncate(fd, size);
    pthread_mutex_lock(&one);
    int done = real_ftruncate(fd, size);
    if (!done) note('T', names[fd], size, NULL, 0);
    pthread_mutex_unlock(&one);
    return done;
}
int ftruncate64(int fd, off_t size) { return ftruncate(fd, size); }

/* What is to be flushed is noted when the flush has ended: only then may anybody count on it. */
static int flush(int fd, int (*real)(int)) {
    if (!name_of(fd)) return real(fd);
    pthread_mutex_lock(&one);
    struct stat about;
    int is_folder = fstat(fd, &about) == 0 && S_ISDIR(about.st_mode);
    note(is_folder ? 'D' : 'S', names[fd], 0, NULL, 0);
    pthread_mutex_unlock(&one);
    return 0; /* the test has its own disk: no need to wait for the real one */
}
int fsync(int fd) { return flush(fd, real_fsync); }
int fdatasync(int fd) { return flush(fd, real_fdatasync); }

int unlink(const char *path) {
    if (!ours(path)) return real_unlink(path);
    pthread_mutex_lock(&one);
    int done = real_unlink(path);
    if (!done) note('U', path, 0, NULL, 0);
    pthread_mutex_unlock(&one);
    return done;
}
int rename(const char *from, const char *to) {
    if (!ours(from)) return real_rename(from, to);
    pthread_mutex_lock(&one);
    int done = real_rename(from, to);
    if (!done) note('R', from, 0, to, strlen(to));
    pthread_mutex_unlock(&one);
    return done;
}
int link(const char *from, const char *to) {
    if (!ours(from)) return real_link(from, to);
    pthread_mutex_lock(&one);
    int done = real_link(from, to);
    if (!done) note('L', from, 0, to, strlen(to));
    pthread_mutex_unlock(&one);
    return done;
}
int linkat(int at, const char *from, int other, const char *to, int flags) {
    return ours(from) ? link(from, to) : real_linkat(at, from, other, to, flags);
}

int clock_gettime(clockid_t which, struct timespec *now) {
    int done = real_clock_gettime(which, now);
    if (!done && which == CLOCK_REALTIME) now->tv_sec += clock_offset;
    return done;
}
