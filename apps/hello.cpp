// Streams, strings and a container.
#include <iostream>
#include <string>
#include <vector>

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    std::cout << "Hello from C++, " << (arguments.empty() ? "world" : arguments.front()) << "!\n";
}
