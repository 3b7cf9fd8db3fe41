//! `init`: writes the starter config, and never over an existing one.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};

use super::output::Output;

/// What `init` writes: the file from the repository, so that its comments and the program agree.
pub(crate) const STARTER: &str = include_str!("../../config/wirewatch.toml");

/// What goes beside it: the library of alias groups that it may include, and an example of rules for one site.
const BESIDE: [(&str, &str); 4] = [
    ("terms/states.toml", include_str!("../../config/terms/states.toml")),
    ("terms/organisations.toml", include_str!("../../config/terms/organisations.toml")),
    ("terms/diplomacy.toml", include_str!("../../config/terms/diplomacy.toml")),
    ("rules/example.org.toml", include_str!("../../config/rules/example.org.toml")),
];

pub(crate) fn run(dir: &Path) -> anyhow::Result<()> {
    let path = dir.join("wirewatch.toml");
    if path.exists() {
        bail!(
            "{} exists already, and init never overwrites: choose another directory or remove it first",
            path.display()
        );
    }
    for (name, text) in BESIDE {
        let file = dir.join(name);
        if let Some(directory) = file.parent() {
            fs::create_dir_all(directory).with_context(|| format!("create the directory {}", directory.display()))?;
        }
        // A library that somebody changed stays as it is.
        if !file.exists() {
            fs::write(&file, text).with_context(|| format!("write {}", file.display()))?;
        }
    }
    fs::write(&path, STARTER).with_context(|| format!("write {}", path.display()))?;
    let shown = path.display();
    Output::new(false).line(format!(
        "wrote {shown}\nnext: set `fetch.contact`, then\n  wirewatch --config {shown} check\n  wirewatch --config {shown} run"
    ))?;
    Ok(())
}
