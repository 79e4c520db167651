//! Files that netlists name: tables of synapses, of cells and of times, names, images, other netlists. The first byte says which.

use crate::language::{network, run};
use sim_core::elaborate::Files;

const HEAD: &str = "spikeloom = 1\n[network]\ntimestep = \"0.1 ms\"\nduration = \"10 ms\"\nseed = 1\n";

/// What is named, as whose text or bytes the rest of the file is read.
const NETLISTS: [&str; 5] = [
    // Synapses, one a line.
    "[populations.a]\nsize = 9\nneurons = { model = \"lif_psc_delta\" }\n[[projections]]\nsource = \"a\"\ntarget = \"a\"\n\
     connect = { rule = \"list\", file = \"x.csv\" }\nweight = { expr = \"row.weight * 1 mV\" }\ndelay = \"1 ms\"\n",
    // Values and names of cells.
    "[populations.a]\nneurons = { model = \"lif_psc_delta\", v_th = { file = \"x.csv\", column = \"v\" } }\n\
     names = { file = \"x.csv\", column = \"name\", where = { role = \"in\" } }\n",
    // Spikes of cells, one a line.
    "[populations.a]\nsize = 4\nneurons = { model = \"spike_train\", times = { file = \"x.csv\", column = \"time_ms\", \
     cell = \"neuron\", where = { population = \"a\" } } }\n",
    // Images.
    "[populations.a]\nsize = 4\nneurons = { model = \"image\", file = \"x.idx\", item = 1, encoding = \"poisson\", \
     rate_max = \"200 Hz\" }\n",
    // A netlist.
    "[[include]]\nfile = \"x.toml\"\nas = \"part\"\nwith = { n = 3 }\n\
     [populations.a]\nsize = { expr = \"part.n\" }\nneurons = \"part.lif\"\n",
];

/// A netlist with a file beside it.
pub fn beside(bytes: &[u8]) {
    let Some((kind, content)) = bytes.split_first() else { return };
    let netlist = NETLISTS[usize::from(*kind) % NETLISTS.len()];
    network(&[HEAD, netlist].concat(), &[], &Beside(content)).into_iter().for_each(run);
}

/// One file, whatever it is called.
struct Beside<'a>(&'a [u8]);

impl Files for Beside<'_> {
    fn read(&self, _: &str) -> Result<String, String> {
        String::from_utf8(self.0.to_vec()).map_err(|_| "not a text".to_string())
    }

    fn read_bytes(&self, _: &str) -> Result<Vec<u8>, String> {
        Ok(self.0.to_vec())
    }
}
