//! The programs we are compared with: finding them, building the small ones.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A peer that cannot take part.
#[derive(Debug, thiserror::Error)]
pub enum Missing {
    /// Not on this machine.
    #[error("`{program}` is not installed: apt-get install {package}")]
    Program {
        /// What was looked for.
        program: String,
        /// The Debian package that has it.
        package: &'static str,
    },
    /// Our own small C program did not compile, most likely for want of a header.
    #[error("`{source_file}` does not compile: apt-get install gcc {package}\n{said}")]
    Compile {
        /// Which.
        source_file: &'static str,
        /// The Debian package that has its header.
        package: &'static str,
        /// What the compiler said.
        said: String,
    },
    /// The compiler did not start, or a folder cannot be used.
    #[error(transparent)]
    Unusable(#[from] std::io::Error),
}

/// A program of the system, in the usual places.
pub fn find(program: &str, package: &'static str) -> Result<PathBuf, Missing> {
    let places = ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"];
    let found = places
        .iter()
        .map(|place| Path::new(place).join(program))
        .find(|path| path.is_file());
    found.ok_or_else(|| Missing::Program {
        program: program.to_owned(),
        package,
    })
}

/// Compiles `benches/peers/NAME.c` into the folder.
pub fn compile(
    name: &'static str,
    package: &'static str,
    libraries: &[&str],
    into: &Path,
) -> Result<PathBuf, Missing> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("peers")
        .join(name)
        .with_extension("c");
    let program = into.join(name);
    let libraries = libraries.iter().map(|library| format!("-l{library}"));
    let output = Command::new("cc")
        .arg("-O2")
        .arg("-o")
        .arg(&program)
        .arg(&source)
        .args(libraries)
        .output()?;
    if output.status.success() {
        return Ok(program);
    }
    let said = String::from_utf8_lossy(&output.stderr)
        .lines()
        .take(3)
        .collect::<Vec<_>>()
        .join("\n");
    Err(Missing::Compile {
        source_file: name,
        package,
        said,
    })
}
