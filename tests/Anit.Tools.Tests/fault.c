// Preloaded into a tool: something happens at its n-th change of a file or folder whose path contains $FAULT_UNDER; n is $FAULT_AT, what
// happens $FAULT. So a test can stop a run at every moment that leaves something else on the disk.
//   KILL   SIGKILL before the change
//   EIO    this one change fails, as on a bad block
//   ENOSPC this and all later changes that need room fail, as on a full disk
//   EROFS  this and all later changes fail, as when the kernel remounts a damaged file system read-only
//   EACCES the same with another word, as when somebody takes the folder's write bit away
// With $NO_SWAP, renameat2 cannot exchange two files, as on file systems that lack it; with $NO_SYNC, fsync fails as on a failing disk.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum need { ROOM, NO_ROOM };

// 0, or the error that the change ends in.
static int change(const char *path, enum need need)
{
    static int changes;
    const char *under = getenv("FAULT_UNDER"), *at = getenv("FAULT_AT"), *what = getenv("FAULT");
    if (!under || !at || !what || !path || !strstr(path, under)) return 0;
    int now = __sync_add_and_fetch(&changes, 1), then = atoi(at);
    if (!strcmp(what, "KILL") && now == then) kill(getpid(), SIGKILL);
    if (!strcmp(what, "EIO") && now == then) return errno = EIO;
    if (!strcmp(what, "ENOSPC") && now >= then && need == ROOM) return errno = ENOSPC;
    if (!strcmp(what, "EROFS") && now >= then) return errno = EROFS;
    if (!strcmp(what, "EACCES") && now >= then) return errno = EACCES;
    return 0;
}

static int change_of(int file)
{
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return change(path, ROOM);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int mkdir(const char *path, mode_t mode) { return change(path, ROOM) ? -1 : REAL(mkdir)(path, mode); }
int rmdir(const char *path) { return change(path, NO_ROOM) ? -1 : REAL(rmdir)(path); }
int unlink(const char *path) { return change(path, NO_ROOM) ? -1 : REAL(unlink)(path); }
int rename(const char *from, const char *to) { return change(to, NO_ROOM) ? -1 : REAL(rename)(from, to); }
int link(const char *from, const char *to) { return change(to, ROOM) ? -1 : REAL(link)(from, to); }
ssize_t write(int file, const void *data, size_t size) { return change_of(file) ? -1 : REAL(write)(file, data, size); }
ssize_t pwrite(int file, const void *data, size_t size, off_t at) { return change_of(file) ? -1 : REAL(pwrite)(file, data, size, at); }
ssize_t pwrite64(int file, const void *data, size_t size, off64_t at) { return change_of(file) ? -1 : REAL(pwrite64)(file, data, size, at); }

static int opened(int (*real)(const char *, int, ...), const char *path, int flags, va_list rest)
{
    if (flags & O_CREAT && change(path, ROOM)) return -1;
    return real(path, flags, flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0);
}
int open(const char *path, int flags, ...) { va_list a; va_start(a, flags); int r = opened(REAL(open), path, flags, a); va_end(a); return r; }
int open64(const char *path, int flags, ...) { va_list a; va_start(a, flags); int r = opened(REAL(open64), path, flags, a); va_end(a); return r; }

// The runtime finds these two in the C library itself, past what is preloaded: the kernel has to refuse them.
__attribute__((constructor)) static void refuse(void)
{
    if (!getenv("NO_SWAP") && !getenv("NO_SYNC")) return;
    unsigned sync = getenv("NO_SYNC") ? SECCOMP_RET_ERRNO | EIO : SECCOMP_RET_ALLOW;
    unsigned swap = getenv("NO_SWAP") ? SECCOMP_RET_ERRNO | EINVAL : SECCOMP_RET_ALLOW;
    struct sock_filter steps[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fsync, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, sync),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_renameat2, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[4])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 2, 0, 1), // RENAME_EXCHANGE
        BPF_STMT(BPF_RET | BPF_K, swap),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = { sizeof steps / sizeof *steps, steps };
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter)) { perror("seccomp"); _exit(99); }
}
