// Preloaded into a tool: kills the process (SIGKILL) before its n-th change of a file or folder whose path contains $KILL_UNDER;
// n is $KILL_AT. So a test can stop a run at every moment that leaves something else on the disk.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void change(const char *path)
{
    static int changes;
    const char *under = getenv("KILL_UNDER"), *at = getenv("KILL_AT");
    if (under && at && path && strstr(path, under) && __sync_add_and_fetch(&changes, 1) == atoi(at)) kill(getpid(), SIGKILL);
}

static void change_of(int file)
{
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length > 0) { path[length] = 0; change(path); }
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int mkdir(const char *path, mode_t mode) { change(path); return REAL(mkdir)(path, mode); }
int rmdir(const char *path) { change(path); return REAL(rmdir)(path); }
int unlink(const char *path) { change(path); return REAL(unlink)(path); }
int rename(const char *from, const char *to) { change(to); return REAL(rename)(from, to); }
int link(const char *from, const char *to) { change(to); return REAL(link)(from, to); }
ssize_t write(int file, const void *data, size_t size) { change_of(file); return REAL(write)(file, data, size); }
ssize_t pwrite(int file, const void *data, size_t size, off_t at) { change_of(file); return REAL(pwrite)(file, data, size, at); }
ssize_t pwrite64(int file, const void *data, size_t size, off64_t at) { change_of(file); return REAL(pwrite64)(file, data, size, at); }

static int opened(int (*real)(const char *, int, ...), const char *path, int flags, va_list rest)
{
    if (flags & O_CREAT) change(path);
    return real(path, flags, flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0);
}
int open(const char *path, int flags, ...) { va_list a; va_start(a, flags); int r = opened(REAL(open), path, flags, a); va_end(a); return r; }
int open64(const char *path, int flags, ...) { va_list a; va_start(a, flags); int r = opened(REAL(open64), path, flags, a); va_end(a); return r; }
