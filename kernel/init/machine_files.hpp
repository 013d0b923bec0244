// What programs can read about the machine, in the files where other systems have it.
#pragma once

namespace hermit::init {

/// Makes /sys/devices/system/cpu and node: which cores are threads of one, which share a package, a
/// cache, a NUMA node. libgomp reads them for OMP_PLACES=cores, sockets, ll_caches and
/// numa_domains. Thread context, when all cores run.
void make_machine_files();

} // namespace hermit::init
