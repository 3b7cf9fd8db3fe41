//! Secrets: `{ env = "X" }`, `{ file = "F" }`, `{ credential = "N" }`. A secret written into the config is refused: such
//! files are copied, shown and committed.

use std::path::Path;

use super::super::Secret;
use super::super::load::directory_of;
use super::super::raw::{Context, Node, Section, nearest};
use super::values;

/// What to write.
const FORMS: &str = "write { env = \"NAME\" }, { file = \"PATH\" } or { credential = \"NAME\" }";

/// A secret.
pub(super) fn secret(context: &Context<'_>, node: &Node<'_>) -> Option<Secret> {
    if node.value.is_str() {
        let problem = context.problem(&node.place, "a secret is not written into the config");
        context.push(problem.hint(FORMS));
        return None;
    }
    let section = Section::from_node(context, "the secret", node)?;
    let (env, file, credential) = (section.node("env"), section.node("file"), section.node("credential"));
    section.finish();
    match (env, file, credential) {
        (Some(name), None, None) => from_environment(context, &name),
        (None, Some(path), None) => from_file(context, &path),
        (None, None, Some(name)) => from_credential(context, &name),
        _ => {
            let problem =
                context.problem(&node.place, "the secret needs exactly one of `env`, `file` and `credential`");
            context.push(problem.hint(FORMS));
            None
        }
    }
}

/// A secret or a plain text: for headers, most of which are no secret.
pub(super) fn secret_or_text(context: &Context<'_>, node: &Node<'_>) -> Option<Secret> {
    match node.value.as_str() {
        Some(text) => Some(Secret::new(text)),
        None => secret(context, node),
    }
}

/// A secret that is not there: an error, unless the command can do without.
fn missing(context: &Context<'_>, node: &Node<'_>, message: String, hint: String) -> Option<Secret> {
    let problem = context.problem(&node.place, message).hint(hint);
    if context.environment.needs_secrets() {
        context.push(problem);
        return None;
    }
    context.push(problem.warning());
    Some(Secret::new(""))
}

fn from_environment(context: &Context<'_>, node: &Node<'_>) -> Option<Secret> {
    let name = values::text(context, node)?;
    match context.environment.get(&name) {
        Some(value) if !value.is_empty() => Some(Secret::new(value)),
        Some(_) => {
            missing(context, node, format!("the variable `{name}` is empty"), format!("set it: `export {name}=…`"))
        }
        None => {
            let hint = match nearest(&name, context.environment.names()) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("set it before the start: `export {name}=…`, or `Environment=` in the unit"),
            };
            missing(context, node, format!("the variable `{name}` is not set"), hint)
        }
    }
}

fn from_file(context: &Context<'_>, node: &Node<'_>) -> Option<Secret> {
    let name = values::text(context, node)?;
    // Relative to the file that says so, which may be one of conf.d.
    let directory = context.files.get(node.place.file).map(|file| directory_of(&file.path)).unwrap_or_default();
    let path = directory.join(&name);
    let secret = read(context, node, &path, "name a file that the service may read");
    if secret.is_some() && others_may_read(&path) {
        let problem = context.problem(&node.place, format!("every user of this machine may read {}", path.display()));
        context.push(problem.hint(format!("`chmod 600 {}`", path.display())).warning());
    }
    secret
}

fn from_credential(context: &Context<'_>, node: &Node<'_>) -> Option<Secret> {
    let name = values::text(context, node)?;
    if name.contains('/') || name == ".." {
        context.error(
            &node.place,
            format!("`{name}` is no name of a credential"),
            "write the name alone, without a path",
        );
        return None;
    }
    let Some(directory) = context.environment.get("CREDENTIALS_DIRECTORY") else {
        let message = format!("the credential `{name}` is not there: $CREDENTIALS_DIRECTORY is not set");
        let hint = format!("it is set for a unit with `LoadCredential={name}:/path/of/the/secret`");
        return missing(context, node, message, hint);
    };
    let hint = format!("add `LoadCredential={name}:/path/of/the/secret` to the unit");
    read(context, node, &Path::new(directory).join(&name), &hint)
}

fn read(context: &Context<'_>, node: &Node<'_>, path: &Path, hint: &str) -> Option<Secret> {
    match std::fs::read_to_string(path) {
        Ok(text) if text.trim().is_empty() => {
            missing(context, node, format!("{} is empty", path.display()), hint.to_owned())
        }
        Ok(text) => Some(Secret::new(text.trim_end_matches(['\n', '\r']))),
        Err(error) => missing(context, node, format!("cannot read {}: {error}", path.display()), hint.to_owned()),
    }
}

#[cfg(unix)]
fn others_may_read(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    const READ_BY_OTHERS: u32 = 0o004;
    std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & READ_BY_OTHERS != 0)
}

#[cfg(not(unix))]
fn others_may_read(_path: &Path) -> bool {
    false
}
