//! Images of files as stimuli, against the sources that they stand for, and files that are broken.

use crate::differential::Keep;
use crate::netlist;
use flate2::Compression;
use flate2::write::GzEncoder;
use netlists::Format;
use sim_core::elaborate::Files;
use sim_core::random::Stream;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

/// Two images of 2 x 2 pixels.
pub(crate) fn two_images() -> Vec<u8> {
    [&[0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2][..], &[255, 0, 51, 102], &[0, 204, 255, 153]].concat()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(bytes).expect("compressed");
    packed.finish().expect("compressed")
}

/// One file of bytes.
struct Bytes(Vec<u8>);

impl Files for Bytes {
    fn read(&self, path: &str) -> Result<String, String> {
        Err(format!("{path} is read as a text"))
    }

    fn read_bytes(&self, _: &str) -> Result<Vec<u8>, String> {
        Ok(self.0.clone())
    }
}

fn text(card: &str) -> String {
    let head = "spikeloom = 1\nnetwork = { timestep = \"0.5 ms\", duration = \"2 s\", seed = 3 }\nparameters = { k = 1 }\n";
    format!("{head}[populations.img]\nsize = 4\nneurons = {{ {card} }}\n[[record]]\nfrom = \"img\"\nwhat = \"spikes\"\n")
}

/// Spikes as (tick, cell).
fn spikes(bytes: Vec<u8>, card: &str) -> Vec<(u64, u32)> {
    let network = netlist::build_beside(&Bytes(bytes), Format::Toml, &text(card), &[]);
    let mut keep = Keep::default();
    netlist::run(&network, 1, &mut keep);
    keep.spikes.iter().map(|spike| (spike.tick, spike.neuron)).collect()
}

/// What is said of a file and a card.
fn said(bytes: &[u8], card: &str) -> Vec<String> {
    netlist::read(&Bytes(bytes.to_vec()), Format::Toml, &text(card), &[]).1
}

const POISSON: &str = r#"model = "image", file = "two.idx", rate_max = "500 Hz""#;

#[test]
fn an_image_is_sources_of_these_rates() {
    let first = spikes(Vec::new(), r#"model = "poisson_source", rate = { list = ["500 Hz", "0 Hz", "100 Hz", "200 Hz"] }"#);
    assert!(first.len() > 1000 && first.iter().all(|(_, cell)| *cell != 1), "{} spikes, none of a black pixel", first.len());
    assert_eq!(spikes(two_images(), POISSON), first, "the first image, by default");
    let second = spikes(Vec::new(), r#"model = "poisson_source", rate = { list = ["0 Hz", "400 Hz", "500 Hz", "300 Hz"] }"#);
    let item = format!("{POISSON}, encoding = \"poisson\", item = {{ expr = \"2 * k - 1\" }}");
    assert_eq!(spikes(two_images(), &item), second, "the second, computed");
    assert_eq!(spikes(gzip(&two_images()), &item), second, "the second, compressed");
    let window = |card: &str| format!("{card}, start = \"100 ms\", stop = \"300 ms\"");
    let coins = spikes(Vec::new(), &window(r#"model = "bernoulli_source", p = { list = [0.5, 0, 0.1, 0.2] }"#));
    let image = spikes(two_images(), &window(r#"model = "image", file = "two.idx", encoding = "bernoulli", p_max = 0.5"#));
    assert_eq!(image, coins, "at most one spike a tick, within its time");
    // 400 ticks with p = 0.5, 0.1 and 0.2: 320 with a standard deviation of 14.
    assert!((image.len() as f64 - 320.0).abs() < 56.0, "{} spikes", image.len());
}

#[test]
fn expand_names_the_file() {
    let card = format!("{POISSON}, item = 1");
    let network = netlist::build_beside(&Bytes(two_images()), Format::Toml, &text(&card), &[]);
    let flat = netlists::write_json(&network);
    let again = netlist::build_beside(&Bytes(two_images()), Format::Json, &flat.to_string(), &[]);
    let neurons = &flat["populations"]["img"]["neurons"];
    assert_eq!((&neurons["file"], &neurons["item"]), (&"two.idx".into(), &1.into()), "{neurons}");
    assert_eq!(netlists::write_json(&again), flat, "the flat netlist is the same network");
}

#[test]
fn broken_files_and_wrong_cards() {
    let good = two_images();
    let with = |at: usize, bytes: &[u8]| {
        let mut changed = good.clone();
        changed.splice(at..at + bytes.len(), bytes.iter().copied());
        changed
    };
    let packed = gzip(&good);
    let mut sum = packed.clone();
    sum[packed.len() - 8] ^= 1;
    let most = [0xff; 4];
    for (bytes, word) in [
        (with(3, &[1]), "it has labels (0x00000801, not 0x00000803)"),
        (with(0, b"P5 2"), "it does not begin as IDX files of images do (0x50352032, not 0x00000803)"),
        (b"time_ms,neuron\n".to_vec(), "it does not begin"),
        (Vec::new(), "it ends before its last image does"),
        (good[..10].to_vec(), "it ends before its last image does"),
        (good[..23].to_vec(), "it ends before its last image does"),
        ([&good[..], &[0]].concat(), "it goes on after its last image"),
        (with(4, &[0, 0, 0, 0]), "there is no image 0 in two.idx: it has 0, counted from 0"),
        (with(4, &most), "it ends before its last image does"),
        (with(8, &most), "img has 4, here are 4294967295 x 2 = 8589934590"),
        (with(8, &[most, most].concat()), "img has 4, here are 4294967295 x 4294967295 = 18446744065119617025"),
        (with(8, &[0, 0, 0, 0]), "img has 4, here are 0 x 2 = 0"),
        (packed[..packed.len() - 9].to_vec(), "it cannot be decompressed: "),
        (packed[..5].to_vec(), "it cannot be decompressed: "),
        (sum, "it cannot be decompressed: "),
        ([&packed[..], b"more"].concat(), "it cannot be decompressed: "),
        (gzip(&good[..20]), "it ends before its last image does"),
        (gzip(&[&good[..], &[0]].concat()), "it goes on after its last image"),
    ] {
        let said = said(&bytes, POISSON);
        assert!(said.len() == 1 && said[0].starts_with("netlist:6: ") && said[0].contains(word), "\"{word}\": {said:?}");
    }
    for (card, word) in [
        (r#"model = "image", file = "two.idx", item = 2"#, "out-of-range: there is no image 2 in two.idx: it has 2"),
        (r#"model = "image", file = "two.idx", item = 1.5"#, "not-a-whole-number: item is a whole number, not 1.5"),
        (r#"model = "image", file = "two.idx", item = -1"#, "out-of-range: item must be from 0"),
        (
            r#"model = "image", file = "two.idx", item = { expr = "trial" }"#,
            "no-trials: `trial` is the number of a trial, and this netlist has no [trials]",
        ),
        (r#"model = "image", item = 1"#, "missing-key: image needs a file"),
        (r#"model = "image", file = 3"#, "wrong-type: the path of a file of images is needed here, not a number"),
        (r#"model = "image", file = { file = "x", column = "y" }"#, "wrong-type: the path of a file of images"),
        (r#"model = "image", file = "two.idx", encoding = "rate""#, "unknown-value: encoding is \"poisson\" or \"bernoulli\""),
        (
            r#"model = "image", file = "two.idx", encoding = 1"#,
            "wrong-type: encoding is \"poisson\" or \"bernoulli\", not a number",
        ),
        (
            r#"model = "image", file = "two.idx", encoding = "bernoulli", p_max = 1.5"#,
            "out-of-range: p_max must be between 0 and 1",
        ),
        (r#"model = "image", file = "two.idx", p_max = 0.5"#, "parameters: p_max is for the encoding \"bernoulli\""),
        (r#"model = "image", file = "two.idx", encoding = "bernoulli", rate_max = "1 Hz""#, "parameters: rate_max is for"),
        (r#"model = "image", file = "two.idx", rate_max = "1e300 Hz""#, "out-of-range: this is a mean of"),
    ] {
        let said = said(&good, card);
        assert!(said.len() == 1 && said[0].contains(word), "{card}: {said:?}");
    }
}

/// Two thousand files with bytes changed, cut off or added: an image or one sentence, and no panic.
#[test]
fn files_broken_at_random() {
    let mut random = Stream::new(11, 0);
    let mut below = |n: usize| random.below(u32::try_from(n).expect("a small number")) as usize;
    let mut fine = 0;
    for round in 0..2000 {
        let mut bytes = two_images();
        if round % 2 == 0 {
            bytes = gzip(&bytes);
        }
        for _ in 0..=below(3) {
            let at = below(bytes.len());
            match below(4) {
                0 => bytes.truncate(at + 1),
                1 => bytes.insert(at, below(256) as u8),
                _ => bytes[at] = below(256) as u8,
            }
        }
        let said = said(&bytes, POISSON);
        assert!(said.len() <= 1, "round {round}: {said:?}");
        fine += usize::from(said.is_empty());
    }
    assert!((100..1500).contains(&fine), "{fine} of the files were still good");
}

/// The first of MNIST's training images, where the environment variable SPIKELOOM_DATA names a folder that has them (in
/// `mnist/train-images-idx3-ubyte.gz`, as they are distributed). Its 166 pixels that are not black add up to 27525.
#[test]
fn the_first_image_of_mnist() {
    let Some(folder) = std::env::var_os("SPIKELOOM_DATA") else {
        eprintln!("skipped: SPIKELOOM_DATA names no folder of data sets");
        return;
    };
    let path = Path::new(&folder).join("mnist/train-images-idx3-ubyte.gz");
    let file = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let text = text(r#"model = "image", file = "mnist.gz", rate_max = "200 Hz""#).replace("size = 4", "size = 784");
    let network = netlist::build_beside(&Bytes(file.clone()), Format::Toml, &text, &[]);
    let mut keep = Keep::default();
    netlist::run(&network, 1, &mut keep);
    let bright: BTreeSet<u32> = keep.spikes.iter().map(|spike| spike.neuron).collect();
    assert!((150..=166).contains(&bright.len()), "{} cells spiked", bright.len());
    assert!(
        bright.iter().all(|cell| (5..25).contains(&(cell / 28)) && (4..24).contains(&(cell % 28))),
        "in the middle of the image"
    );
    let mean = 27_525.0 / 255.0 * 200.0 * 2.0;
    assert!((keep.spikes.len() as f64 - mean).abs() < 4.0 * mean.sqrt(), "{} spikes, {mean} on average", keep.spikes.len());
    let beyond = text.replace("rate_max", "item = 60000, rate_max");
    let said = netlist::read(&Bytes(file), Format::Toml, &beyond, &[]).1;
    assert!(said.len() == 1 && said[0].contains("there is no image 60000 in mnist.gz: it has 60000"), "{said:?}");
}
