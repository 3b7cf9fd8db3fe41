//! `init`: writes the starter config, and never over an existing one.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};

use super::output::Output;

/// What `init` writes: the file from the repository, so that its comments and the program agree.
pub(crate) const STARTER: &str = include_str!("../../config/wirewatch.toml");

/// Starter library of alias groups that the config may include.
const TERMS: [(&str, &str); 2] = [
    ("states.toml", include_str!("../../config/terms/states.toml")),
    ("organisations.toml", include_str!("../../config/terms/organisations.toml")),
];

pub(crate) fn run(dir: &Path) -> anyhow::Result<()> {
    let path = dir.join("wirewatch.toml");
    if path.exists() {
        bail!(
            "{} exists already, and init never overwrites: choose another directory or remove it first",
            path.display()
        );
    }
    let terms = dir.join("terms");
    fs::create_dir_all(&terms).with_context(|| format!("create the directory {}", terms.display()))?;
    for (name, text) in TERMS {
        let file = terms.join(name);
        fs::write(&file, text).with_context(|| format!("write {}", file.display()))?;
    }
    fs::write(&path, STARTER).with_context(|| format!("write {}", path.display()))?;
    let shown = path.display();
    Output::new(false).line(format!(
        "wrote {shown}\nnext: set `fetch.contact`, then\n  wirewatch --config {shown} check\n  wirewatch --config {shown} run"
    ))?;
    Ok(())
}
