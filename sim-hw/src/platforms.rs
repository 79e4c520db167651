//! The platforms inside the program: a file under `platforms` and a line here each.

use crate::platform::Platform;

/// A platform file inside the program.
#[derive(Clone, Copy, Debug)]
pub struct PlatformEntry {
    /// Name on the command line and in netlists.
    pub name: &'static str,
    /// The file as written.
    pub text: &'static str,
}

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(PlatformEntry { name: $name, text: include_str!(concat!("platforms/", $name, ".toml")) }),*]
    };
}

const PLATFORMS: &[PlatformEntry] = files![
    "spinnaker1",
    "spinnaker1-4chip",
    "spinnaker2",
    "loihi1",
    "truenorth",
    "odin",
    "mesh",
    "cpu",
    "gpu",
    "loihi2",
    "brainscales2",
    "dynapse",
    "tianjic",
    "akida",
];

/// All of them.
pub fn all() -> &'static [PlatformEntry] {
    PLATFORMS
}

/// A platform by name, read; `None` when there is none of that name.
pub fn find(name: &str) -> Option<Result<Platform, Vec<String>>> {
    PLATFORMS.iter().find(|entry| entry.name == name).map(|entry| Platform::parse(entry.text))
}
