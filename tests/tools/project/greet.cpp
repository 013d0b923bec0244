#include <iostream>
#include <omp.h>
#include <thread>

int main(int argc, char** argv) {
    int team = 0;
    std::thread([&] {
        omp_set_num_threads(2);
#pragma omp parallel reduction(+ : team)
        team += 1;
    }).join();
    std::cout << argc - 1 << " arguments, first: " << (argc > 1 ? argv[1] : "none") << ", team of "
              << team << '\n';
    return argc > 1 ? 0 : 1;
}
