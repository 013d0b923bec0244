// std::filesystem and file streams over the C library's calls.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

int failures = 0;

void check(bool good, const char* what) {
    if (!good) {
        std::printf("failed: %s\n", what);
        ++failures;
    }
}

void put(const fs::path& path, const std::string& text) { std::ofstream{path} << text; }

std::string get(const fs::path& path) {
    std::ifstream file{path};
    return {std::istreambuf_iterator<char>{file}, {}};
}

} // namespace

int main() try {
    const fs::path top = fs::temp_directory_path() / "hermit-filesystem-test";
    fs::remove_all(top);
    check(fs::create_directories(top / "a/b/c"), "create_directories");
    check(fs::is_directory(top / "a/b/c"), "is_directory");
    put(top / "a/file", "contents\n");
    check(get(top / "a/file") == "contents\n", "streams");
    check(fs::file_size(top / "a/file") == 9, "file_size");
    fs::copy(top / "a/file", top / "a/copy");
    check(get(top / "a/copy") == "contents\n", "copy");
    fs::rename(top / "a/copy", top / "a/b/moved");
    check(!fs::exists(top / "a/copy") && fs::exists(top / "a/b/moved"), "rename");
    fs::create_symlink("file", top / "a/link");
    check(fs::is_symlink(top / "a/link") && fs::read_symlink(top / "a/link") == "file", "symlink");
    check(fs::equivalent(top / "a/link", top / "a/file"), "equivalent");
    fs::create_hard_link(top / "a/file", top / "a/hard");
    check(fs::hard_link_count(top / "a/file") == 2, "hard_link_count");
    fs::resize_file(top / "a/file", 4);
    check(get(top / "a/hard") == "cont", "resize_file");
    fs::permissions(top / "a/file", fs::perms::owner_read);
    check(fs::status(top / "a/file").permissions() == fs::perms::owner_read, "permissions");

    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator{top}) {
        names.push_back(entry.path().lexically_relative(top).string());
    }
    std::sort(names.begin(), names.end());
    const std::vector<std::string> expected = {"a",      "a/b",    "a/b/c", "a/b/moved",
                                               "a/file", "a/hard", "a/link"};
    check(names == expected, "recursive_directory_iterator");
    check(fs::canonical(top / "a/b/../link") == fs::canonical(top) / "a/file", "canonical");

    const fs::path before = fs::current_path();
    fs::current_path(top / "a");
    check(fs::exists("b/moved") && fs::absolute("b") == fs::current_path() / "b", "current_path");
    fs::current_path(before);
    check(fs::remove(top / "a/b/c"), "remove of a directory");
    std::error_code error;
    check(!fs::remove(top / "a", error) && error == std::errc::directory_not_empty,
          "remove of a full directory");
    check(std::remove((top / "a/link").c_str()) == 0, "std::remove");
    check(fs::remove_all(top) == 6 && !fs::exists(top), "remove_all");
    check(fs::space("/tmp").capacity > 0, "space");
    try {
        check(fs::file_size(top / "missing") == 0 && false, "no exception");
    } catch (const fs::filesystem_error& caught) {
        check(caught.code() == std::errc::no_such_file_or_directory, "exception's code");
    }
    std::printf(failures == 0 ? "ok\n" : "%d failures\n", failures);
    return failures == 0 ? 0 : 1;
} catch (const std::exception& caught) {
    std::printf("exception: %s\n", caught.what());
    return 1;
}
