//! `completions` and `man`.

use clap::CommandFactory as _;

use super::args::Cli;
use super::output::Output;

pub(crate) fn completions(shell: clap_complete::Shell) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "wirewatch", &mut script);
    Ok(Output::new(false).raw(&script)?)
}

pub(crate) fn man() -> anyhow::Result<()> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut page)?;
    Ok(Output::new(false).raw(&page)?)
}
