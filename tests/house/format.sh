#!/usr/bin/env bash
# Every source file is as clang-format leaves it.
# Other versions break lines elsewhere: 14 is the one of Debian 12.
clang-format --version 2>/dev/null | grep -q "version 14" || exit 77
cd "$GOCUA_SOURCE" || exit 1
git ls-files -z 'app/*.[ch]' 'platform/*.[ch]' 'sync/*.[ch]' 'tests/*.[ch]' |
    xargs -0 clang-format --dry-run --Werror
