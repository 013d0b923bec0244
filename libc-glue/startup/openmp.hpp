// How OpenMP's threads wait for each other.
#pragma once

namespace hermit::glue {

/// Keeps libgomp's threads from spinning for long where a hypervisor may take a core away, unless
/// the environment says how to wait. Before libgomp's constructor, which reads the environment.
void choose_openmp_waiting();

} // namespace hermit::glue
