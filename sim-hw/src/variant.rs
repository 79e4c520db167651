//! Platform files that say only how they differ from a shipped platform.
//!
//! `variant_of = "NAME"` takes every figure of the platform NAME that the file does not give itself, and `without`
//! lists the paths ("limits.boards_per_frame") of those that it does not have. Lists (`contained`, `not_priced`) and the
//! topology are taken whole or replaced whole.

use crate::platforms;
use toml::{Table, Value};

const BASE: &str = "variant_of";
const WITHOUT: &str = "without";

/// Sections whose figures are taken one by one.
const SECTIONS: [&str; 3] = ["limits", "timing", "energy"];

/// The whole of a variant's file; `None` where the file is no variant or no TOML, which the caller reads and judges.
///
/// # Errors
/// No such platform, a platform that is itself a variant, or a path in `without` that leads to nothing: a sentence each.
pub(crate) fn completed(text: &str) -> Result<Option<Table>, Vec<String>> {
    let Ok(mut file) = toml::from_str::<Table>(text) else { return Ok(None) };
    let Some(base) = file.remove(BASE) else { return Ok(None) };
    let mut whole = base_of(&base)?;
    for path in listed(file.remove(WITHOUT))? {
        if remove(&mut whole, &path).is_none() {
            return Err(vec![format!("{WITHOUT}: {base} has no \"{path}\"")]);
        }
    }
    for (key, value) in file {
        match (whole.get_mut(&key), value) {
            (Some(Value::Table(section)), Value::Table(figures)) if SECTIONS.contains(&key.as_str()) => {
                overlay(section, figures);
            }
            (_, value) => {
                whole.insert(key, value);
            }
        }
    }
    Ok(Some(whole))
}

fn base_of(name: &Value) -> Result<Table, Vec<String>> {
    let unknown = || vec![format!("{BASE}: there is no platform {name}")];
    let entry = platforms::all().iter().find(|entry| Some(entry.name) == name.as_str()).ok_or_else(unknown)?;
    let table = toml::from_str::<Table>(entry.text).map_err(|_| unknown())?;
    if table.contains_key(BASE) {
        return Err(vec![format!("{BASE}: {name} is itself a variant")]);
    }
    Ok(table)
}

fn listed(paths: Option<Value>) -> Result<Vec<String>, Vec<String>> {
    let paths = paths.unwrap_or(Value::Array(Vec::new()));
    paths.try_into().map_err(|_| vec![format!("{WITHOUT}: a list of paths is needed, as [\"limits.boards_per_frame\"]")])
}

/// Figures replace figures; a table of figures by model is overlaid model by model.
fn overlay(section: &mut Table, figures: Table) {
    for (key, figure) in figures {
        match (section.get_mut(&key), figure) {
            (Some(Value::Table(old)), Value::Table(new)) if !old.contains_key("value") => overlay(old, new),
            (_, figure) => {
                section.insert(key, figure);
            }
        }
    }
}

fn remove(table: &mut Table, path: &str) -> Option<Value> {
    match path.split_once('.') {
        None => table.remove(path),
        Some((first, rest)) => remove(table.get_mut(first)?.as_table_mut()?, rest),
    }
}
