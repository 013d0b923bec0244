// The user and group databases: root, and nobody else.

#include "errors.hpp"

#include <cstring>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

using namespace hermit::glue;

namespace {

char root_name[] = "root";
char no_password[] = "";
char home[] = "/";
char shell[] = "/bin/sh";
char* no_members[] = {nullptr};

constinit passwd root_user{.pw_name = root_name,
                           .pw_passwd = no_password,
                           .pw_uid = 0,
                           .pw_gid = 0,
                           .pw_comment = no_password,
                           .pw_gecos = root_name,
                           .pw_dir = home,
                           .pw_shell = shell};
constinit group root_group{
    .gr_name = root_name, .gr_passwd = no_password, .gr_gid = 0, .gr_mem = no_members};

bool is_root(const char* name) { return std::strcmp(name, root_name) == 0; }

/// The reentrant forms' results need no buffer: the strings are constant.
template <class Entry>
int answer(bool found, const Entry& entry, Entry* copy, Entry** result) {
    *result = nullptr;
    if (found) {
        *copy = entry;
        *result = copy;
    }
    return 0;
}

} // namespace

extern "C" {

[[gnu::weak]] passwd* getpwuid(uid_t id) { return id == 0 ? &root_user : nullptr; }
[[gnu::weak]] passwd* getpwnam(const char* name) { return is_root(name) ? &root_user : nullptr; }
[[gnu::weak]] int getpwuid_r(uid_t id, passwd* copy, char*, size_t, passwd** result) {
    return answer(id == 0, root_user, copy, result);
}
[[gnu::weak]] int getpwnam_r(const char* name, passwd* copy, char*, size_t, passwd** result) {
    return answer(is_root(name), root_user, copy, result);
}

[[gnu::weak]] group* getgrgid(gid_t id) { return id == 0 ? &root_group : nullptr; }
[[gnu::weak]] group* getgrnam(const char* name) { return is_root(name) ? &root_group : nullptr; }
[[gnu::weak]] int getgrgid_r(gid_t id, group* copy, char*, size_t, group** result) {
    return answer(id == 0, root_group, copy, result);
}
[[gnu::weak]] int getgrnam_r(const char* name, group* copy, char*, size_t, group** result) {
    return answer(is_root(name), root_group, copy, result);
}

[[gnu::weak]] char* getlogin(void) { return root_name; }
[[gnu::weak]] int getlogin_r(char* name, size_t size) {
    if (size < sizeof root_name) {
        return ERANGE;
    }
    std::memcpy(name, root_name, sizeof root_name);
    return 0;
}

} // extern "C"
