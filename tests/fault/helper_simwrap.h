/* The system calls that the disk of the fault lane stands below: __real_X is the system's, every
 * call of X in the program comes to __wrap_X (tests.cmake names them to the linker). Both spellings
 * that the C library's headers make of open, read and pread are here. */
#ifndef TESTS_HELPER_SIMWRAP_H
#define TESTS_HELPER_SIMWRAP_H

#include <sys/statvfs.h>
#include <sys/types.h>

int __real_open64(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...);
int __wrap___open64_2(const char *path, int flags);
int __real_mkostemp64(char *path, int flags);
int __wrap_mkostemp64(char *path, int flags);
int __real_close(int fd);
int __wrap_close(int fd);
ssize_t __real_read(int fd, void *bytes, size_t n);
ssize_t __wrap_read(int fd, void *bytes, size_t n);
ssize_t __wrap___read_chk(int fd, void *bytes, size_t n, size_t room);
ssize_t __real_pread64(int fd, void *bytes, size_t n, off64_t at);
ssize_t __wrap_pread64(int fd, void *bytes, size_t n, off64_t at);
ssize_t __wrap___pread64_chk(int fd, void *bytes, size_t n, off64_t at, size_t room);
ssize_t __real_write(int fd, const void *bytes, size_t n);
ssize_t __wrap_write(int fd, const void *bytes, size_t n);
ssize_t __real_pwrite64(int fd, const void *bytes, size_t n, off64_t at);
ssize_t __wrap_pwrite64(int fd, const void *bytes, size_t n, off64_t at);
int __real_ftruncate64(int fd, off64_t size);
int __wrap_ftruncate64(int fd, off64_t size);
int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);
int __real_unlink(const char *path);
int __wrap_unlink(const char *path);
int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int __real_link(const char *from, const char *to);
int __wrap_link(const char *from, const char *to);
int __real_mkdir(const char *path, mode_t mode);
int __wrap_mkdir(const char *path, mode_t mode);
int __real_rmdir(const char *path);
int __wrap_rmdir(const char *path);
int __real_statvfs64(const char *path, struct statvfs64 *info);
int __wrap_statvfs64(const char *path, struct statvfs64 *info);

#endif
